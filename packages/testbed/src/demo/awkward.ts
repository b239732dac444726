import type { SampleMessage } from './sample-message.ts'

/** A message that is odd in one way, and the name of that way. */
export interface AwkwardMessage extends SampleMessage {
  readonly name: string
}

interface Oddity {
  readonly raw: string | Buffer
  readonly flags?: readonly string[]
  readonly receivedAt?: Date
}

const lines = (...parts: readonly string[]): string => parts.map((part) => `${part}\r\n`).join('')

function plain(subject: string, ...body: readonly string[]): string {
  return lines(
    'From: Anna =?UTF-8?Q?M=C3=BCller?= <anna@example.at>',
    'To: juergen@example.at',
    'Date: Tue, 05 Mar 2019 10:11:12 +0100',
    `Message-ID: <${subject.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}@odd.example>`,
    `Subject: ${subject}`,
    '',
    ...body,
  )
}

const twin = lines(
  'From: drucker@example.at',
  'To: juergen@example.at',
  'Date: Mon, 02 May 2016 07:00:00 +0200',
  'Subject: Toner fast leer',
  '',
  'Der Toner ist fast leer.',
)

const oddities: Readonly<Record<string, Oddity>> = {
  'NUL bytes in the body': { raw: plain('NUL', 'before\0after', '\0\0\0') },
  '8-bit header, Latin-1': {
    raw: Buffer.from(plain('Größe in Latin-1', 'Der Betreff ist nicht kodiert: äöü.'), 'latin1'),
  },
  '8-bit header, UTF-8': { raw: plain('Größe in UTF-8 – nicht kodiert', 'Der Betreff ist nicht kodiert.') },
  'bare line feeds': { raw: plain('Bare LF', 'one', 'two').replaceAll('\r\n', '\n') },
  'mixed line ends': { raw: `${plain('Mixed line ends', 'one')}two\nthree\r\nfour\n` },
  'lone carriage return': { raw: plain('Lone CR', 'one\rtwo') },
  'no body': { raw: plain('No body') },
  'no body, and no empty line either': { raw: lines('Subject: Only headers', 'From: a@odd.example') },
  'one empty line as body': { raw: plain('Empty line', '') },
  'no header at all': { raw: lines('Nur Text, gar keine Kopfzeilen.') },
  'no Message-ID': { raw: lines('From: a@odd.example', 'Date: Sun, 01 Feb 2015 00:00:00 +0000', '', 'x') },
  'twin, first': { raw: twin, flags: ['\\Seen'] },
  'twin, second': { raw: twin, flags: ['\\Seen'] },
  'same headers, other body': { raw: twin.replace('fast leer.\r\n', 'leer.\r\n') },
  'same Message-ID, other subject': { raw: plain('NUL', 'the id of another message') },
  'one line of 300 KB': { raw: plain('Long line', 'x'.repeat(300_000)) },
  'header of 60 KB': {
    raw: lines(
      'Subject: Many references',
      `References: ${Array.from({ length: 1500 }, (_, index) => `<${index}.reference@odd.example>`).join('\r\n ')}`,
      '',
      'text',
    ),
  },
  'multipart without end': {
    raw: lines(
      'Subject: Broken multipart',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="outer"',
      '',
      '--outer',
      'Content-Type: multipart/alternative; boundary="outer"',
      '',
      '--outer',
      'Content-Type: text/plain; charset=klingon',
      'Content-Transfer-Encoding: base64',
      '',
      'this is no base64 at all !!! ====',
    ),
  },
  'message inside a message': {
    raw: lines(
      'Subject: Fwd: weitergeleitet',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="b1"',
      '',
      '--b1',
      'Content-Type: message/rfc822',
      '',
      'Subject: innen',
      'From: innen@odd.example',
      '',
      'Inhalt',
      '--b1--',
    ),
  },
  'no date, and one that is none': { raw: lines('Subject: Wann?', 'Date: gestern abend', '', 'x') },
  'mbox From line in front': {
    raw: lines('From alt@example.at Mon Jan  3 12:00:00 2005', 'Subject: aus einer mbox', '', 'x'),
    receivedAt: new Date('2005-01-03T12:00:00Z'),
  },
  'IMAP commands in the body': {
    raw: plain(
      'Commands',
      'A1 DELETE "INBOX"',
      'x LOGOUT',
      '* BYE {3}',
      'A2 UID STORE 1:* +FLAGS (\\Deleted)',
      ')',
    ),
  },
  'dots alone': { raw: plain('Dots', '.', '..', '. ', '.') },
  'ends without a line end': { raw: `${plain('No end')}the end` },
  'deleted but not expunged': { raw: plain('Deleted', 'flagged as deleted'), flags: ['\\Seen', '\\Deleted'] },
  'many keywords': {
    raw: plain('Keywords', 'x'),
    flags: [
      '\\Flagged',
      '$Forwarded',
      'NonJunk',
      '$Label1',
      '$Label5',
      'Projekt-2018',
      '$MDNSent',
      'Wichtig!',
    ],
  },
  'before 2000': {
    raw: lines('Subject: alt', 'Date: Fri, 31 Dec 1999 23:59:59 +0100', '', 'Das Jahr-2000-Problem naht.'),
    receivedAt: new Date('1999-12-31T22:59:59Z'),
  },
  'writing from the right': { raw: plain('=?UTF-8?B?16nXnNeV150=?= =?UTF-8?B?8J+YgA==?=', 'שלום') },
}

/** One of each; dates and flags are the same on every call. */
export function awkwardMessages(): AwkwardMessage[] {
  return Object.entries(oddities).map(([name, { raw, flags = [], receivedAt }], index) => ({
    name,
    raw: Buffer.from(raw),
    flags,
    receivedAt:
      receivedAt ?? new Date(Date.UTC(2013 + (index % 12), index % 11, 1 + index, 8, index, 2 * index)),
  }))
}
