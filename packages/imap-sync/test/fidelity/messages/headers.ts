import { latin1, letter, lines, withHeader, type MessageCase } from '../message-case.ts'

const references = Array.from({ length: 5000 }, (_, index) => `<${index}.reference@fidelity.example>`)
const received = Array.from(
  { length: 10_000 },
  (_, hop) => `Received: from hop${hop}.example by hop${hop + 1}.example; Tue, 5 Mar 2019 10:11:12 +0100`,
)

/** Header fields that are odd in themselves. */
export const headerCases: readonly MessageCase[] = [
  {
    name: '8-bit subject in Latin-1, not encoded',
    source: 'https://github.com/staktrace/mailparse/issues/102',
    raw: latin1(letter('Gr\u00f6\u00dfe', 'x')),
  },
  { name: '8-bit subject in UTF-8, not encoded', source: 'RFC 6532 §3.2', raw: letter('Größe – 10 €', 'x') },
  {
    name: '8-bit field name',
    source: 'RFC 5322 §2.2',
    raw: withHeader('field name', 'Prüfung: ja', '日本: 1'),
  },
  {
    name: 'two encoded words that cut a character in half',
    source: 'https://github.com/php-mime-mail-parser/php-mime-mail-parser/pull/67',
    raw: withHeader('cut', 'Subject: =?UTF-8?B?R3LDvMO=?= =?UTF-8?B?n2U=?='),
  },
  {
    name: 'encoded word without its end',
    source: 'RFC 2047 §2',
    raw: withHeader('endless', 'Subject: =?UTF-8?Q?M=C3=BC', 'X-More: =?UTF-8?B?R3LDv', 'X-Yet: =??Q??= =?'),
  },
  {
    name: 'encoded word of 4,000 characters',
    source: 'RFC 2047 §2',
    raw: withHeader('long word', `Subject: =?UTF-8?Q?${'=C3=BC'.repeat(660)}?=`),
  },
  {
    name: 'encoded words with blanks, in quotes and inside words',
    source: 'RFC 2047 §5',
    raw: withHeader(
      'misplaced',
      'Subject: a=?UTF-8?Q?b c?=d "=?UTF-8?Q?e?="',
      'To: "=?UTF-8?Q?F=C3=BC?=" <f@example.at>',
    ),
  },
  {
    name: 'encoded words of no known charset or encoding',
    source: 'RFC 2047 §6.2',
    raw: withHeader('unknown', 'Subject: =?klingon?Q?nuqneH?= =?UTF-8?X?a?= =?utf-7?Q?+APw-?='),
  },
  {
    name: 'encoded word with a language',
    source: 'RFC 2231 §5',
    raw: withHeader('language', 'Subject: =?ISO-8859-1*de-AT?Q?Gr=FC=DFe?='),
  },
  {
    name: 'parameter continuations, out of order and with a gap',
    source: 'RFC 2231 §4.1',
    raw: withHeader(
      'continuation',
      'MIME-Version: 1.0',
      'Content-Type: application/pdf;',
      " name*1*=%C3%9Fe.pdf; name*0*=UTF-8''Gr%C3%BC; name*3=lost",
    ),
  },
  {
    name: 'extended parameter with broken percent signs',
    source: 'RFC 2231 §4',
    raw: withHeader(
      'percent',
      'Content-Disposition: attachment; filename*=UTF-8\'\'%zz%C3%; filename="=?UTF-8?Q?a?="',
    ),
  },
  {
    name: 'encoded word in a parameter',
    source: 'RFC 2047 §5',
    raw: withHeader('outlook', 'Content-Type: application/pdf; name="=?iso-8859-1?Q?=DCbersicht.pdf?="'),
  },
  {
    name: '8-bit text in a MIME parameter',
    source: 'https://github.com/cyrusimap/cyrus-imapd/pull/3214',
    raw: withHeader('8-bit name', 'Content-Type: application/pdf; name="Übersicht März.pdf"'),
  },
  {
    name: 'folded with tabs, and directly after the colon',
    source: 'RFC 5322 §2.2.3',
    raw: withHeader('folds', 'Subject:', '\tone', '  two', ' \t three', 'To:', ' anna@example.at'),
  },
  {
    name: 'folded lines of blanks only',
    source: 'RFC 5322 §4.2',
    raw: withHeader('blank folds', 'Subject: one', ' ', '\t', '  two', ' '),
  },
  {
    name: 'a fold before the first field',
    source: 'RFC 5322 §2.2.3',
    raw: lines(' begins with a fold', 'Subject: x', '', 'text'),
  },
  {
    name: 'blanks before the colon',
    source: 'RFC 5322 §4.5',
    raw: withHeader('colons', 'Subject : one', 'To \t: anna@example.at', 'X-Empty:', 'X-Blank: '),
  },
  {
    name: 'a line without colon among the fields',
    source: 'RFC 5322 §2.2',
    raw: withHeader('no colon', 'this is no field', ': no name', 'Subject: after it'),
  },
  {
    name: 'a field of 9,000 bytes on one line',
    source: 'https://github.com/mjl-/mox/pull/468',
    raw: withHeader('long field', `X-Long: ${'h'.repeat(9000)}`),
  },
  {
    name: 'Authentication-Results of 100 KB',
    source: 'https://github.com/fastmail/authentication_milter/issues/110',
    raw: withHeader(
      'long results',
      `Authentication-Results: mx.example;${' x-arc=pass smtp.remote-ip=192.0.2.1;'.repeat(2600)}`,
    ),
  },
  {
    name: 'References to 5,000 messages',
    source: 'RFC 5322 §3.6.4',
    raw: () => Buffer.from(withHeader('references', `References: ${references.join('\r\n ')}`)),
  },
  {
    name: '10,000 Received fields',
    source: 'RFC 5321 §6.3',
    raw: () => Buffer.from(withHeader('received', ...received)),
  },
  {
    name: 'group syntax, an empty group',
    source: 'https://github.com/karastojko/mailio/issues/89',
    raw: withHeader('groups', 'To: undisclosed-recipients:;', 'Cc: Vorstand: a@example.at, b@example.at;'),
  },
  {
    name: 'comments, quoted pairs and an open quote in addresses',
    source: 'RFC 5322 §3.2.2',
    raw: withHeader(
      'addresses',
      'To: (a (nested\\) ) one) "x\\"y" <x@example.at>',
      'Cc: "never closed <y@example.at>',
    ),
  },
  {
    name: 'source routes and a bang path',
    source: 'RFC 5322 §4.4',
    raw: withHeader('routes', 'To: <@a.example,@b.example:c@d.example>', 'Reply-To: mcvax!uunet!anna'),
  },
  {
    name: 'internationalised address',
    source: 'RFC 6532 §3.2',
    raw: withHeader('eai', 'To: Jürgen <jürgen@müller.example>', 'Message-ID: <ü@müller.example>'),
  },
  {
    name: 'two of everything that there may be one of',
    source: 'RFC 5322 §3.6',
    raw: withHeader(
      'doubles',
      'Subject: one',
      'Subject: two',
      'From: b@example.at',
      'Message-ID: <1@a>',
      'Message-ID: <2@a>',
    ),
  },
  {
    name: 'resent twice',
    source: 'RFC 5322 §3.6.6',
    raw: withHeader(
      'resent',
      'Resent-From: b@example.at',
      'Resent-To: c@example.at',
      'Resent-From: c@example.at',
    ),
  },
  {
    name: 'DKIM signature over blanks that count',
    source: 'RFC 6376 §3.4.1',
    raw: withHeader(
      'dkim',
      'DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple;  d=example.at ;',
      '\th=From :  To ; b=AAAA',
    ),
  },
]

const dated = (name: string, source: string, date: string): MessageCase => ({
  name: `Date: ${name}`,
  source,
  raw: withHeader(`date ${name}`, `Date: ${date}`),
})

/** Date fields that are none, or that are hard to read. */
export const dateFieldCases: readonly MessageCase[] = [
  dated(
    'a year of three digits',
    'https://github.com/kdeldycke/mail-deduplicate/issues/54',
    'Thu, 13 Dec 101 15:30 WET',
  ),
  dated(
    'a year of two digits, zone UT',
    'https://github.com/Webklex/php-imap/pull/429',
    'Wed, 26 Jul 23 17:21:17 UT',
  ),
  dated('zone -9900', 'https://github.com/marlam/msmtp/issues/141', 'Mon, 01 Jan 2024 00:50:48 -9900'),
  dated('ISO 8601', 'https://github.com/Extended-Thunder/send-later/issues/18', '2020-09-30T17:24:21+02:00'),
  dated(
    'as asctime writes it',
    'https://github.com/MailCore/mailcore2/issues/1270',
    'Tue Jul 24 18:55:07 2007',
  ),
  dated('in German', 'https://github.com/fail2ban/fail2ban/issues/70', 'Sa, 4 Aug 2012 12:00:00 +0400'),
  dated(
    'a zone in brackets',
    'https://github.com/tine20/tine20/issues/7402',
    'Thu, 6 Oct 2022 12:27:13 +0200 (GMT+02:00)',
  ),
  dated('a military zone', 'RFC 5322 §4.3', 'Tue, 05 Mar 2019 10:11:12 Z'),
  dated('the 31st of February, second 61', 'RFC 5322 §3.3', 'Fri, 31 Feb 2014 25:61:61 +9999'),
  dated('long before 1970', 'RFC 5322 §3.3', 'Mon, 14 Jul 1789 08:00:00 +0000'),
  dated('the year 10,000', 'RFC 5322 §3.3', 'Sat, 1 Jan 10000 00:00:00 +0000'),
  dated('empty', 'RFC 5322 §3.6.1', ''),
]
