import { assert, asyncProperty, constantFrom, oneof, string } from 'fast-check'
import { simpleParser } from 'mailparser'
import { beforeAll, expect, test } from 'vitest'
import {
  composeMessage,
  type ComposeOptions,
  loadTemplates,
  newMessageId,
  NoticeUsageError,
  renderNotice,
  type RenderedNotice,
  sampleData,
} from '../src/index.ts'

let rendered: RenderedNotice
beforeAll(async () => {
  rendered = renderNotice(await loadTemplates(), {
    kind: 'hand-over',
    language: 'de',
    data: sampleData('hand-over'),
  })
})

const messageId = newMessageId(['example.at', 'anna@example.at', 'hand-over', 'sha256:1'], 'iteg.example')
const date = new Date('2026-11-30T19:15:00Z')

function compose(options: Partial<ComposeOptions> = {}): Promise<Uint8Array> {
  return composeMessage({
    rendered,
    from: 'ITEG <admin@iteg.example>',
    to: { address: 'anna@example.at', name: 'Anna Müller' },
    messageId,
    date,
    ...options,
  })
}

const allBytes = Uint8Array.from({ length: 256 }, (_, index) => index)
const sieve = new TextEncoder().encode('require "fileinto";\nif true { keep; }\r\n\n # ünï\r')

test('a mail has its headers, both parts, and its attachments byte for byte', async () => {
  const bytes = await compose({
    replyTo: 'hilfe@iteg.example',
    attachments: [
      { fileName: 'roundcube.sieve', contentType: 'application/sieve', content: sieve },
      { fileName: 'Adressbuch Müller.vcf', contentType: 'text/vcard; charset=utf-8', content: allBytes },
    ],
    headers: { 'X-Mailmove-Kind': 'hand-over' },
  })
  const mail = await simpleParser(Buffer.from(bytes))
  expect(mail.from?.value).toEqual([{ address: 'admin@iteg.example', name: 'ITEG' }])
  expect(mail.to).toMatchObject({ value: [{ address: 'anna@example.at', name: 'Anna Müller' }] })
  expect(mail.replyTo?.value).toMatchObject([{ address: 'hilfe@iteg.example' }])
  expect(mail).toMatchObject({ messageId, date, subject: rendered.subject })
  expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
  expect(mail.headers.get('content-language')).toBe('de')
  expect(mail.headers.get('x-mailmove-kind')).toBe('hand-over')
  expect(mail.headers.get('content-type')).toMatchObject({ value: 'multipart/mixed' })
  for (const absent of ['precedence', 'list', 'list-id', 'x-mailer', 'bcc', 'x-priority'])
    expect([absent, mail.headers.has(absent)]).toEqual([absent, false])
  expect(mail.text).toBe(rendered.text)
  expect(mail.html).toBe(rendered.html)
  expect(mail.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
    ['roundcube.sieve', 'application/sieve'],
    ['Adressbuch Müller.vcf', 'text/vcard'],
  ])
  expect(mail.attachments.map(({ content }) => new Uint8Array(content))).toEqual([sieve, allBytes])
})

test('without attachments it is multipart/alternative, the text first', async () => {
  const source = Buffer.from(await compose()).toString('latin1')
  expect(source).toMatch(/^Content-Type: multipart\/alternative;/m)
  expect(source.indexOf('text/plain')).toBeLessThan(source.indexOf('text/html'))
})

test('lines end with CRLF and are never longer than RFC 5322 allows; all of it is ASCII', async () => {
  const long = { ...rendered, text: `${'ä'.repeat(3000)}\n`, html: `<p>${'x'.repeat(5000)}</p>` }
  const source = Buffer.from(await compose({ rendered: long })).toString('latin1')
  expect(source).not.toMatch(/[^\r]\n|\r[^\n]/)
  for (const line of source.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998)
  expect(source).not.toMatch(/[\u0080-\u00FF]/)
})

test('the same input gives the same bytes', async () => {
  expect(Buffer.from(await compose()).equals(Buffer.from(await compose()))).toBe(true)
})

test('no name or subject makes another header', async () => {
  const plain = await simpleParser(Buffer.from(await compose()))
  const nasty = oneof(
    constantFrom(
      'x\r\nBcc: all@example.at',
      'x\n\nbody',
      '"quote" <evil@example.net>, other',
      '=?utf-8?q?=0D=0ABcc:_x?=',
      'a\u0000b\u2028c',
      '\u202Egpj',
      'ü'.repeat(2000),
    ),
    string({ unit: 'binary', maxLength: 80 }),
  )
  await assert(
    asyncProperty(nasty, async (value) => {
      const bytes = await compose({
        rendered: { ...rendered, subject: value },
        to: { address: 'anna@example.at', name: value },
        headers: { 'X-Note': value },
        attachments: [{ fileName: value, contentType: 'application/sieve', content: sieve }],
      })
      const mail = await simpleParser(Buffer.from(bytes))
      expect(
        [...mail.headers.keys()].filter((key) => key !== 'x-note' && key !== 'subject').toSorted(),
      ).toEqual([...plain.headers.keys()].filter((key) => key !== 'subject').toSorted())
      expect(mail.to).toMatchObject({ value: [{ address: 'anna@example.at' }] })
      expect(mail.attachments.map(({ content }) => new Uint8Array(content))).toEqual([sieve])
      expect(mail.text).toBe(rendered.text)
    }),
    { numRuns: 60 },
  )
})

test.each<[string, Partial<ComposeOptions>]>([
  ['a recipient that is none', { to: 'anna' }],
  ['two recipients in one', { to: 'anna@example.at, all@example.at' }],
  ['a line break in an address', { to: { address: 'a@example.at\r\nBcc: x@y.at' } }],
  ['a Message-ID that is none', { messageId: 'x' }],
  ['a line break in the Message-ID', { messageId: 'a@b.at>\r\nBcc: x@y.at' }],
  ['no date', { date: new Date('never') }],
  ['another subject among the headers', { headers: { Subject: 'x' } }],
  ['bulk mail', { headers: { Precedence: 'bulk' } }],
  ['a mailing list', { headers: { 'List-Unsubscribe': '<mailto:x@y.at>' } }],
  ['a header name with a line break', { headers: { 'X\r\nBcc': 'x' } }],
  [
    'a content type that is none',
    { attachments: [{ fileName: 'x', contentType: 'x\r\ny', content: sieve }] },
  ],
])('%s is refused', async (_, options) => {
  await expect(compose(options)).rejects.toThrow(NoticeUsageError)
})

test('a Message-ID is the same for the same parts, and tells nobody which', () => {
  const again = newMessageId(['example.at', 'anna@example.at', 'hand-over', 'sha256:1'], 'iteg.example')
  expect(again).toBe(messageId)
  expect(messageId).toMatch(/^<[0-9a-f]{40}@iteg\.example>$/)
  expect(newMessageId(['example.at', 'anna@example.at', 'reminder', 'sha256:1'], 'iteg.example')).not.toBe(
    messageId,
  )
  expect(newMessageId(['a', 'b'], 'x.at')).not.toBe(newMessageId(['ab'], 'x.at'))
  expect(() => newMessageId(['a'], 'x y')).toThrow(NoticeUsageError)
})
