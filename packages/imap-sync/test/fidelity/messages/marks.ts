import { letter, type MessageCase } from '../message-case.ts'

const marked = (
  name: string,
  source: string,
  flags: readonly string[],
  rest: Partial<MessageCase> = {},
): MessageCase => ({ name, source, flags, raw: letter(name, 'x'), ...rest })

const forty = Array.from({ length: 40 }, (_, index) => `Projekt-${index}`)

/** Flags and keywords. */
export const flagCases: readonly MessageCase[] = [
  marked('no flags', 'RFC 3501 §2.3.2', []),
  marked('all system flags', 'RFC 3501 §2.3.2', [
    '\\Seen',
    '\\Answered',
    '\\Flagged',
    '\\Deleted',
    '\\Draft',
  ]),
  marked('deleted, not expunged', 'https://github.com/imapsync/imapsync/issues/420', ['\\Deleted']),
  marked('draft', 'RFC 3501 §2.3.2', ['\\Draft']),
  marked('answered, not seen', 'RFC 3501 §2.3.2', ['\\Answered']),
  marked('forwarded', 'RFC 5788 §3.4', ['\\Seen', '$Forwarded']),
  marked('receipt sent', 'RFC 3503 §3', ['\\Seen', '$MDNSent']),
  marked('NonJunk and friends', 'https://github.com/joeyates/imap-backup/issues/133', [
    'NonJunk',
    '$NotJunk',
    'Junk',
    '$Junk',
  ]),
  marked('important', 'RFC 8457 §3', ['$Important', '$Phishing', '$Submitted', '$SubmitPending']),
  marked('labels of a mail program', 'https://github.com/thunderbird/thunderbird-android/issues/4925', [
    '$label1',
    '$label2',
    '$label3',
    '$label4',
    '$label5',
  ]),
  marked('every character that an atom may have', 'RFC 3501 §9', ["a!#$&'+-./09:;<=>?@AZ^_`az|}~"]),
  marked('keywords that are something else elsewhere', 'RFC 3501 §9', [
    'NIL',
    'FLAGS',
    '42',
    'OK',
    '1:4',
    '$',
    '&APw-',
    '<>',
  ]),
  marked(
    'a backslash flag of no known meaning, as a keyword',
    'https://github.com/imapsync/imapsync/issues/270',
    ['Indexed', 'X-EON-HAS-ATTACHMENT'],
  ),
  marked('a keyword of 50 characters', 'RFC 3501 §2.3.2', ['k'.repeat(50)]),
  marked('40 keywords', 'https://github.com/emersion/go-imap/pull/325', forty),
  marked('40 keywords and all system flags', 'RFC 3501 §2.3.2', [
    '\\Seen',
    '\\Answered',
    '\\Flagged',
    '\\Draft',
    ...forty,
  ]),
]

/** Keywords that no command could have set, but that a server's files can hold. */
export const damagedKeywordCases: readonly MessageCase[] = [
  marked('a keyword with ]', 'https://github.com/cyrusimap/cyrus-imapd/issues/2033', ['\\Seen', 'a]b'], {
    dropped: ['a]b'],
  }),
  marked(
    'a keyword with a control character',
    'https://github.com/thunderbird/thunderbird-android/issues/4925',
    ['Fine', '\u0004Junk'],
    {
      dropped: ['\u0004Junk'],
    },
  ),
]

const at = (name: string, source: string, date: string, rest: Partial<MessageCase> = {}): MessageCase => ({
  name: `INTERNALDATE ${name}`,
  source,
  date,
  raw: letter(`date ${name}`, 'x'),
  ...rest,
})

/** INTERNALDATE as it is stored. */
export const storedDateCases: readonly MessageCase[] = [
  at('at the last second of 1999', 'RFC 3501 §2.3.3', '1999-12-31T23:59:59Z'),
  at('on the 29th of February', 'RFC 3501 §2.3.3', '2000-02-29T12:00:00Z'),
  at('on a day of one digit', 'https://github.com/postalsys/imapflow/issues/271', '2025-03-09T15:51:31Z'),
  at('in the hour that summer time skips', 'RFC 3501 §2.3.3', '2019-03-31T01:30:00Z'),
  at('in the hour that comes twice', 'RFC 3501 §2.3.3', '2019-10-27T00:30:00Z'),
  at('on the second day of the epoch', 'RFC 3501 §2.3.3', '1970-01-02T00:00:00Z'),
  at(
    'at the beginning of the epoch',
    'https://github.com/rgladwell/imap-upload/pull/68',
    '1970-01-01T00:00:01Z',
  ),
  at('in the last second of 32 signed bits', 'RFC 3501 §2.3.3', '2038-01-19T03:14:07Z', {
    dateBecomesNow: true,
  }),
  at('one second later', 'RFC 3501 §2.3.3', '2038-01-19T03:14:08Z', { dateBecomesNow: true }),
  at('in 2099', 'RFC 3501 §2.3.3', '2099-12-31T23:59:59Z', { dateBecomesNow: true }),
]

/** INTERNALDATE as it is sent. */
export const sentDateCases: readonly MessageCase[] = [
  at('in Nepal', 'RFC 3501 §9 (zone)', '2019-03-05T10:11:12Z', { zone: '+0545' }),
  at('on the Marquesas', 'RFC 3501 §9 (zone)', '2019-03-05T10:11:12Z', { zone: '-0930' }),
  at('on Kiribati', 'RFC 3501 §9 (zone)', '2019-12-31T10:00:00Z', { zone: '+1400' }),
  at('west of Samoa', 'RFC 3501 §9 (zone)', '2020-01-01T11:59:59Z', { zone: '-1200' }),
  at('in zone -0000', 'RFC 5322 §3.3', '2019-03-05T10:11:12Z', { zone: '-0000' }),
  at(
    'with four hours written carelessly',
    'https://github.com/mscdex/node-imap/issues/458',
    '2015-03-18T07:25:52Z',
    { zone: '-0400' },
  ),
]
