import { createHash } from 'node:crypto'
import { array, assert, constantFrom, integer, property, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeHeader } from './describe-header.ts'
import { MessageHasher, messageHash } from './hash.ts'

/** The definition, written the slow way. */
function slowHash(message: Uint8Array): string {
  const text = Buffer.from(message)
    .toString('latin1')
    .replace(/\r+$/, '')
    .replaceAll(/\r*\n|\r/g, '\r\n')
    .replaceAll('\0', '\u0080')
  return createHash('sha256').update(Buffer.from(text, 'latin1')).digest('hex')
}

const bytes = array(constantFrom(0, 10, 13, 65, 66, 200), { maxLength: 60 }).map((list) =>
  Uint8Array.from(list),
)

describe('the hash of a message', () => {
  test('does not see what servers change: line ends and NUL', () => {
    const canonical = messageHash(Buffer.from('a\r\nb\r\n\x80', 'latin1'))
    for (const text of ['a\nb\n\0', 'a\rb\r\n\0', 'a\r\nb\n\x80'])
      expect(messageHash(Buffer.from(text, 'latin1'))).toBe(canonical)
    for (const text of ['a\r\r\nb\r\r\r\n\x80', 'a\nb\n\x80\r', 'a\nb\n\x80\r\r'])
      expect(messageHash(Buffer.from(text, 'latin1'))).toBe(canonical)
    expect(messageHash(Buffer.from('a\r\rb'))).toBe(messageHash(Buffer.from('a\n\nb')))
    expect(messageHash(Buffer.from('a\r\nb\r\n'))).not.toBe(messageHash(Buffer.from('a\r\nb')))
    expect(messageHash(Buffer.from('plain'))).toBe(createHash('sha256').update('plain').digest('hex'))
  })

  test('is the definition, whatever the pieces', () => {
    assert(
      property(bytes, array(integer({ min: 0, max: 60 }), { maxLength: 8 }), (message, cuts) => {
        const hasher = new MessageHasher()
        let at = 0
        for (const cut of [
          ...cuts.map((edge) => Math.min(edge, message.length)).toSorted((a, b) => a - b),
          message.length,
        ]) {
          hasher.update(message.subarray(at, cut))
          at = cut
        }
        expect(hasher.digest()).toBe(slowHash(message))
        expect(messageHash(message)).toBe(slowHash(message))
      }),
      { numRuns: 1000 },
    )
    assert(
      property(uint8Array(), (message) => {
        expect(messageHash([message])).toBe(slowHash(message))
      }),
    )
  })
})

function describeText(text: string): ReturnType<typeof describeHeader> {
  return describeHeader(Buffer.from(text, 'latin1'))
}

describe('what tells people which message is meant', () => {
  test('decodes words in their charsets, unfolds, and takes the first of a kind', () => {
    expect(
      describeText(
        'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= =?iso-8859-1?b?5Pb8?=\r\n und mehr\r\nFROM: x\r\nsubject: no\r\nMessage-Id:\r\n <1@x>\r\n\r\nSubject: body',
      ),
    ).toEqual({ subject: 'Grüßeäöü und mehr', from: 'x', messageId: '<1@x>' })
  })

  test('raw 8-bit, unknown charsets and nothing at all', () => {
    expect(describeText(`Subject: ${Buffer.from('Grüße').toString('latin1')}\n\n`).subject).toBe('Grüße')
    expect(describeText('Subject: Gr\u00fc\u00dfe\r\n').subject).toBe('Grüße')
    expect(describeText('Subject: =?x-nonsense?q?a?=\r\n').subject).toBe('=?x-nonsense?q?a?=')
    expect(describeText('')).toEqual({})
    expect(describeText('\r\nSubject: in the body')).toEqual({})
  })

  test('nothing of it can hurt a terminal or fill a report', () => {
    const { subject = '' } = describeText(`Subject: =?utf-8?q?=1b[31m=e2=80=ae?=${'x'.repeat(10_000)}\r\n`)
    expect(subject).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(subject.length).toBeLessThanOrEqual(200)
  })
})
