import { letter, lines, withHeader, type MessageCase } from '../message-case.ts'

/** Text that is protocol somewhere else. */
export const protocolCases: readonly MessageCase[] = [
  {
    name: 'IMAP commands in the body',
    source: 'RFC 7888 §4',
    raw: letter(
      'Commands',
      'A1 DELETE "INBOX"',
      'x LOGOUT',
      'A2 UID STORE 1:* +FLAGS (\\Deleted)',
      'A3 EXPUNGE',
      'DONE',
    ),
  },
  {
    name: 'IMAP answers in the body',
    source: 'RFC 3501 §7',
    raw: letter(
      'Answers',
      '* BYE gone',
      '* 1 EXPUNGE',
      '* 4 FETCH (UID 4 FLAGS (\\Deleted))',
      'A1 OK done',
      '+ go on',
    ),
  },
  {
    name: 'ends like a FETCH answer',
    source: 'RFC 3501 §7.4.2',
    raw: letter('Parentheses', ')', ' UID 99 FLAGS ())', '* OK', ')'),
  },
  {
    name: 'literals in the body',
    source: 'RFC 3501 §4.3',
    raw: `${letter('Literals', '{5}', '{5+}', '~{5}', '{0}', '{99999999999999999999}')}) {10}`,
  },
  {
    name: 'a literal as the last bytes',
    source: 'RFC 7888 §3',
    raw: `${letter('Last literal')}A9 APPEND INBOX {3+}`,
  },
  {
    name: 'header fields that look like IMAP commands',
    source: 'https://github.com/yahoo/imapnio/pull/180',
    raw: withHeader(
      'commands',
      'A1: LOGOUT',
      'A2: STORE 1:* FLAGS (\\Deleted)',
      '*: BYE',
      '+: idling',
      ')): (',
    ),
  },
  {
    name: 'a subject that is a literal, and a quoted string that does not end',
    source: 'https://github.com/curl/curl/issues/7284',
    raw: withHeader('literal subject', 'Subject: {12}', 'Comments: "no end', 'Keywords: NIL'),
  },
  {
    name: 'SMTP commands in the body',
    source: 'RFC 5321 §4.5.2',
    raw: letter('SMTP', '.', 'MAIL FROM:<eve@example.com>', 'RCPT TO:<anna@example.at>', 'DATA', '.'),
  },
  {
    name: 'a POP3 answer and its end',
    source: 'RFC 1939 §3',
    raw: letter('POP3', '+OK 120 octets', '.', '-ERR'),
  },
  {
    name: 'a Sieve script with a text block',
    source: 'RFC 5228 §2.4.2',
    raw: letter('Sieve', 'require "fileinto";', 'vacation text:', '..', '.', ';'),
  },
  {
    name: 'fields that mbox stores keep their own state in',
    source: 'https://github.com/jens-maus/yam/issues/118',
    raw: withHeader(
      'mbox state',
      'Status: RO',
      'X-Status: A',
      'X-UID: 17',
      'X-IMAP: 1234 17',
      'Content-Length: 3',
    ),
  },
  {
    name: 'JSON, shell and terminal escapes',
    source: 'RFC 5322 §2.3',
    raw: letter('\u001b[31mred', '{"a":"\\u0000"}', '$(reboot)', '`id`', '\u001b]0;title\u0007', '%s%n'),
  },
  {
    name: 'lines that look like a boundary, in plain text',
    source: 'RFC 2046 §5.1.1',
    raw: lines('Subject: Boundary', '', '--b', 'Content-Type: text/html', '', '--b--'),
  },
]
