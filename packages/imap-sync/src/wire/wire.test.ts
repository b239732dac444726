import { array, assert, constantFrom, integer, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPermission, command, mailboxArgument } from './command.ts'
import { formatInternalDate, parseInternalDate } from './dates.ts'
import { chooseFlags, flagsKey, sendableFlag } from './flags.ts'
import { decodeMailboxName, encodeMailboxName } from './mailbox-name.ts'
import { parseStatusLine, serverText } from './status-line.ts'

describe('mailbox names', () => {
  test('as in RFC 3501', () => {
    expect(encodeMailboxName('~peter/mail/台北/日本語')).toBe('~peter/mail/&U,BTFw-/&ZeVnLIqe-')
    expect(encodeMailboxName('A & B')).toBe('A &- B')
    expect(decodeMailboxName('~peter/mail/&U,BTFw-/&ZeVnLIqe-')).toBe('~peter/mail/台北/日本語')
  })

  test('what is encoded is printable, and decodes to the same', () => {
    assert(
      property(string({ unit: 'binary' }), (name) => {
        const wire = encodeMailboxName(name)
        expect(wire).toMatch(/^[ -~]*$/)
        expect(decodeMailboxName(wire)).toBe(name)
      }),
    )
  })

  test('what is no modified UTF-7, or not the one we would write, is not decoded', () => {
    for (const wire of [
      '&',
      '&AGE-',
      '&U,BTFw',
      '&2D0-',
      'ä',
      '&AAA',
      'a&b',
      '&-&-&',
      '&ZeVnLIqe',
      'a\tb',
      '&AOQ=-',
      '&AO-',
    ])
      expect([wire, decodeMailboxName(wire)]).toEqual([wire, undefined])
  })

  test('as an argument nothing ends the line or the string', () => {
    expect(mailboxArgument(String.raw`a "quoted" \ name`)).toBe(String.raw`"a \"quoted\" \\ name"`)
    expect(mailboxArgument('8-bit \u00e4')).toEqual({ literal: Buffer.from('8-bit \u00e4', 'latin1') })
    expect(() => mailboxArgument('a\r\nb')).toThrow(/line end/)
    expect(() => mailboxArgument('日')).toThrow(/line end/)
  })
})

describe('dates', () => {
  test('are rebuilt to the second, zone and all', () => {
    assert(
      property(
        integer({ min: 0, max: 4_294_880_895 }),
        integer({ min: -840, max: 840 }),
        (seconds, zoneMinutes) => {
          const { text, replaced } = formatInternalDate({ seconds, zoneMinutes })
          expect(replaced).toBe(false)
          expect(text).toMatch(/^[ \d]\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d [+-]\d{4}$/)
          expect(parseInternalDate(text)?.seconds).toBe(seconds)
        },
      ),
    )
  })

  test('are read as servers write them', () => {
    expect(parseInternalDate('17-Jul-1996 02:44:25 -0700')).toEqual({
      seconds: 837_596_665,
      zoneMinutes: -420,
    })
    expect(parseInternalDate(' 1-jan-2001 00:00:00 +0530')).toEqual({
      seconds: 978_287_400,
      zoneMinutes: 330,
    })
    for (const text of [
      '',
      '32-Jan-2001 00:00:00 +0000',
      '1-Jan-2001',
      '01-Foo-2001 00:00:00 +0000',
      '01-Jan-2001 25:00:00 +0000',
      '01-Jan-2001 00:00:00 +0000" x',
      '31-Feb-2001 00:00:00 +0000',
    ])
      expect([text, parseInternalDate(text)]).toEqual([text, undefined])
  })

  test('that no server holds become the nearest that one does, and zones that are none become UTC', () => {
    expect(formatInternalDate({ seconds: -5, zoneMinutes: 0 })).toEqual({
      text: ' 1-Jan-1970 00:00:00 +0000',
      replaced: true,
    })
    expect(formatInternalDate({ seconds: 1e12, zoneMinutes: 0 }).replaced).toBe(true)
    expect(formatInternalDate({ seconds: 1e9, zoneMinutes: 5000 }).text).toBe(' 9-Sep-2001 01:46:40 +0000')
  })
})

describe('flags', () => {
  test('only known system flags and keywords that are atoms can be sent', () => {
    expect(
      [
        '\\seen',
        '\\Answered',
        '\\FLAGGED',
        '$Forwarded',
        'a[b',
        '\\Recent',
        '\\Foo',
        '\\',
        '',
        'a b',
        'a(b',
        'a{1}',
        'a"b',
        'a\\b',
        'a]b',
        'ä',
        'a\nb',
        'x'.repeat(129),
      ].map((flag) => sendableFlag(flag)),
    ).toEqual([
      '\\Seen',
      '\\Answered',
      '\\Flagged',
      '$Forwarded',
      'a[b',
      ...Array.from({ length: 13 }, () => undefined),
    ])
  })

  test('the target decides what is kept; what is not is named, but for \\Recent', () => {
    const flags = ['\\Recent', '\\Seen', 'Wichtig', 'NonJunk', 'wichtig']
    expect(chooseFlags(flags, undefined)).toEqual({ flags: ['\\Seen', 'NonJunk', 'wichtig'], dropped: [] })
    expect(chooseFlags(flags, new Set(['\\seen', 'nonjunk']))).toEqual({
      flags: ['\\Seen', 'NonJunk'],
      dropped: ['Wichtig', 'wichtig'],
    })
    expect(chooseFlags(flags, new Set(['\\*']))).toEqual({ flags: ['NonJunk', 'wichtig'], dropped: [] })
    expect(chooseFlags(['bad flag'], undefined)).toEqual({ flags: [], dropped: ['bad flag'] })
  })

  test('equal sets have equal keys', () => {
    expect(flagsKey(['NonJunk', '\\Seen', '\\Recent', 'nonjunk'])).toBe(flagsKey(['\\SEEN', 'nonJunk']))
    expect(flagsKey([])).toBe('')
  })
})

describe('status lines', () => {
  test('codes with and without arguments, and text', () => {
    expect(parseStatusLine('OK [APPENDUID 1 2:3] done')).toEqual({
      status: 'OK',
      code: 'APPENDUID',
      codeArguments: '1 2:3',
      text: 'done',
    })
    expect(parseStatusLine('no [overquota] full')).toEqual({ status: 'NO', code: 'OVERQUOTA', text: 'full' })
    expect(parseStatusLine('BAD what?')).toEqual({ status: 'BAD', text: 'what?' })
    expect(parseStatusLine('FETCH (UID 1)')).toBeUndefined()
  })

  test("a server's text is one short printable line", () => {
    expect(serverText('a\u001b[31mb\r\nc\0')).toBe('a [31mb c')
    expect(serverText('x'.repeat(1000)).length).toBe(200)
    expect(serverText(Buffer.from('Über', 'utf8').toString('latin1'))).toBe('Über')
  })
})

test('a command that is not on the list of its side is not sent', () => {
  expect(() =>
    checkPermission(command('UID FETCH', '1', '(UID BODY.PEEK[] FLAGS RFC822.SIZE)'), 'readOnly'),
  ).not.toThrow()
  for (const items of ['BODY[]', '(UID BODY[TEXT])', '(RFC822)', '(UID RFC822.TEXT)', 'body[header]'])
    expect(() => checkPermission(command('UID FETCH', '1', items), 'mirror')).toThrow(/about to be sent/)
  assert(
    property(
      constantFrom('EXPUNGE', 'CLOSE', 'RENAME', 'SETMETADATA', 'UID COPY', 'COPY', 'STORE', 'X'),
      array(string()),
      (verb, parts) => {
        expect(() => checkPermission(command(verb, ...parts), 'mirror')).toThrow(/about to be sent/)
      },
    ),
  )
})
