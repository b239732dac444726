import { beforeAll, describe, expect, test } from 'vitest'
import {
  defaultPasswordRule,
  letterKinds,
  loadTemplates,
  maskedPassword,
  NoticeUsageError,
  noticeKinds,
  renderLetter,
  renderNotice,
  renderPreview,
  renderPreviewIndex,
  sampleData,
  type Templates,
} from '../src/index.ts'

let templates: Templates
beforeAll(async () => {
  templates = await loadTemplates()
})

const handOver = (language: string, changes: Partial<ReturnType<typeof sampleData<'hand-over'>>> = {}) =>
  renderNotice(templates, { kind: 'hand-over', language, data: { ...sampleData('hand-over'), ...changes } })

describe.each(['de', 'en'])('in %s', (language) => {
  test.each(noticeKinds)('%s is whole in both parts and fits the lines of a mail', (kind) => {
    const { subject, text, html } = renderNotice(templates, { kind, language, data: sampleData(kind) })
    expect(subject).toMatch(/\S/)
    expect(`${subject}${text}${html}`).not.toMatch(/undefined|null|NaN|\{\{|\{%|\[object|[\uE000\uE001]/)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(76)
    expect(text).not.toMatch(/\*\*|\]\(|^#|\n\n\n|[ \t]$/m)
    expect(html).toMatch(new RegExp(`<html lang="${language}">`))
    // Nothing remote, no script.
    expect(html).not.toMatch(/<(?:script|img|link|iframe|object|form)|url\(|@import|\ssrc=/i)
  })

  test('what is not known is not spoken of', () => {
    for (const kind of noticeKinds) {
      const data = {
        ...sampleData(kind),
        links: {},
        contacts: [],
        provider: { name: 'ITEG', email: 'a@b.example' },
      }
      const { text } = renderNotice(templates, { kind, language, data })
      expect(text).not.toMatch(/https?:|undefined|null/)
    }
  })

  test.each(letterKinds)('%s is a letter too, without a word of attachments', (kind) => {
    const { html } = renderLetter(templates, {
      kind,
      language,
      data: sampleData(kind),
      date: new Date('2026-11-24T12:00:00Z'),
    })
    expect(html).toMatch(/@page \{ size: A4/)
    expect(html).toMatch(/Anna Müller<br>anna@example\.at<br>/)
    expect(html).toMatch(/24\. ?November 2026|24 November 2026/)
    expect(html).not.toMatch(/angehängt|attached|\.sieve|\.vcf/)
  })
})

test('the hand-over says everything that it must, what to do first', () => {
  const { text, subject } = handOver('de')
  expect(subject).toBe('Ihr Postfach anna@example.at ist umgezogen: 3 Schritte')
  const one = text.replaceAll(/\s+/g, ' ')
  for (const said of [
    'Ihr Benutzername ist anna@example.at.',
    'Wald-Lampe-7-Kiesel',
    'mindestens 12 Zeichen, Groß- und Kleinbuchstaben, mindestens eine Ziffer. Passt Ihr altes Passwort dazu, dürfen Sie es behalten.',
    'Empfang (IMAP) Bisher: mailhaus.example, Port 143, STARTTLS Neu: mailcow.example, Port 993, SSL/TLS',
    'Neu: mailcow.example, Port 995, SSL/TLS',
    'Neu: mailcow.example, Port 465, SSL/TLS',
    'SOGo: https://mailcow.example/SOGo',
    'Roundcube: https://mailcow.example/roundcube',
    'Ordner Junk',
    'an anna.mueller@example.net (eine Kopie bleibt in Ihrem Postfach)',
    'an buero@example.com (in Ihrem Postfach bleibt keine Kopie)',
    'fragen Sie bitte chef@example.at',
    'angehängt als roundcube.sieve',
    '128 Kontakte: angehängt als personal.vcf',
    'ActiveSync („Exchange“) ist abgeschaltet',
    'bis 31. Dezember 2026 lesen',
  ])
    expect(one.replaceAll('\u00A0', ' ')).toContain(said)
  // The three steps and the password are within the first screen.
  expect(text.indexOf('3. Stellen Sie')).toBeLessThan(1100)
})

test('POP3 is for those who use it; so are forwards, filters and address books', () => {
  expect(handOver('de').text).toMatch(/Sie holen Ihre Mails mit POP3 ab/)
  const plain = handOver('de', { usesPop3: false, forwards: [], scripts: [], addressBooks: [] }).text
  expect(plain).not.toMatch(/Sie holen Ihre Mails mit POP3 ab|Weiterleitung|Filterregel|Adressbuch mit/)
})

test('without a password the reader is told that it is there already', () => {
  expect(handOver('de', { password: undefined }).text).toMatch(/haben Sie\s+schon von uns bekommen/)
})

test('whoever is the contact is not sent to themselves', () => {
  const sample = sampleData('hand-over')
  const own = handOver('de', { contacts: [sample.mailbox.address] }).text
  expect(own).toMatch(/fragen Sie bitte\s+ITEG\s+\(admin@iteg\.example\)/)
  expect(own).not.toMatch(/In Ihrem Haus/)
  expect(handOver('de').text).toMatch(/In Ihrem Haus hilft Ihnen chef@example\.at/)
})

test('a mailbox’s warning names addresses, and nobody’s forwards but its own', () => {
  const { text } = renderNotice(templates, {
    kind: 'pre-warning',
    language: 'de',
    data: sampleData('pre-warning'),
  })
  expect(text).toMatch(/werkstatt@example\.at/)
  expect(text).not.toMatch(/lehrling|max@example/)
})

test('dates are shown where the reader is; a day is that day everywhere', () => {
  const since = new Date('2026-12-31T23:30:00Z')
  const data = { ...sampleData('keep-old-server'), since, nextMoveDate: '2027-01-11' }
  const render = (timeZone?: string) =>
    renderNotice(templates, { kind: 'keep-old-server', language: 'de', data, timeZone }).text
  expect(render()).toMatch(/1\. Jänner 2027/)
  expect(render('America/New_York')).toMatch(/31\. Dezember 2026/)
  for (const zone of [undefined, 'America/New_York', 'Pacific/Auckland'])
    expect(render(zone)).toMatch(/Montag, 11\. Jänner 2027/)
})

test('the same input gives the same notice', () => {
  expect(handOver('en')).toEqual(handOver('en'))
})

/** What a JavaScript caller could pass. */
function renderOdd(data: object) {
  return () =>
    renderNotice(templates, { kind: 'quota', language: 'de', data: Object.assign(sampleData('quota'), data) })
}

test('data of another shape is named by its place', () => {
  expect(renderOdd({ folders: 'many' })).toThrow(new NoticeUsageError('data.folders is not a list'))
  expect(renderOdd({ folders: [{ name: 'x' }] })).toThrow('data.folders[0].bytes is missing')
  expect(renderOdd({ moveDate: 'soon' })).toThrow(/data\.moveDate is not a date/)
  expect(renderOdd({ moveDate: '2026-11-30T10:00' })).toThrow(/with its offset/)
})

test('a preview never holds the password, whatever it is given', () => {
  const secret = 'Geheim-Wort-99'
  for (const kind of ['hand-over', 'reminder', 'password-reset'] as const) {
    const data = { ...sampleData(kind), password: secret }
    const preview = renderPreview(templates, { kind, language: 'de', data })
    expect(JSON.stringify(preview)).not.toContain(secret)
    expect(preview.text).toContain(maskedPassword)
    expect(renderNotice(templates, { kind, language: 'de', data }).text).toContain(secret)
  }
})

test('the index of previews links every mail and text, and shows names as text', () => {
  const rendered = renderPreview(templates, { kind: 'quota', language: 'de', data: sampleData('quota') })
  const files = renderPreviewIndex(
    [
      { recipient: '<img src=x>@example.at', rendered, attachments: ['a.sieve'], delivery: 'letter' },
      { recipient: 'b@example.at', rendered },
    ],
    { title: 'example.at: quota' },
  )
  expect([...files.keys()]).toEqual(['index.html', '1.html', '1.txt', '2.html', '2.txt'])
  expect(files.get('index.html')).toContain('&lt;img src=x&gt;@example.at')
  expect(files.get('1.txt')).toMatch(/^Ihr Postfach/)
})

test('a rule is told as it is', () => {
  const passwordRule = { ...defaultPasswordRule, minLength: 14, digit: false, special: true }
  expect(handOver('en', { passwordRule }).text.replaceAll(/\s+/g, ' ')).toMatch(
    /at least 14 characters, lower and upper case letters, at least one special character\./,
  )
})
