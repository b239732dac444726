import { latin1, letter, lines, type MessageCase } from '../message-case.ts'

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

/** Bytes that text should not have: NUL, control characters, other encodings. */
export const byteCases: readonly MessageCase[] = [
  {
    name: 'NUL in the body',
    source: 'https://github.com/OfflineIMAP/offlineimap/issues/215',
    raw: letter('NUL in the body', 'before\0after', '\0\0\0'),
    becomes: ['nul'],
  },
  {
    name: 'NUL in a header field',
    source: 'https://github.com/cyrusimap/cyrus-imapd/pull/5254',
    raw: lines('From: anna@example.at', 'Subject: nu\0l', 'X-N\0L: x', '', 'text'),
    becomes: ['nul'],
  },
  {
    name: 'NUL as the first and the last byte',
    source: 'https://github.com/gaubert/gmvault/issues/212',
    raw: `\0${letter('NUL at both ends', 'text')}\0`,
    becomes: ['nul'],
  },
  {
    name: 'a body of NULs only',
    source: 'https://github.com/rgrove/larch/issues/37',
    raw: Buffer.concat([latin1(letter('Only NULs')), Buffer.alloc(10_000)]),
    becomes: ['nul'],
  },
  {
    name: 'every byte from 0 to 255, three times',
    source: 'RFC 3501 §4.3.1',
    raw: Buffer.concat([latin1(letter('Every byte')), everyByte, everyByte, everyByte]),
    becomes: ['nul', 'lineEnds'],
  },
  {
    name: 'BINARYMIME body with NUL, lone CR and lone LF',
    source: 'RFC 3030 §3',
    raw: Buffer.concat([
      latin1(
        lines(
          'MIME-Version: 1.0',
          'Subject: binary',
          'Content-Type: application/octet-stream',
          'Content-Transfer-Encoding: binary',
          '',
        ),
      ),
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0xff, 0xfe]),
    ]),
    becomes: ['nul', 'lineEnds'],
  },
  {
    name: 'control characters of obs-NO-WS-CTL, and DEL',
    source: 'RFC 5322 §4.1',
    raw: letter(
      'Control \u0001\u0007\u0008\u000b\u000c\u001b\u007f',
      '\u0001\u0008\u000b\u000c\u000e\u001f\u007f',
    ),
  },
  {
    name: 'C1 controls, 0x80 and 0xff',
    source: 'RFC 6532 §3.1',
    raw: latin1(letter('C1', '\u0080\u0081\u0085\u009b\u009f\u00a0\u00ff\u00fe\u00ff')),
  },
  {
    name: 'Ctrl-Z at the end',
    source: 'RFC 5322 §4.1',
    raw: `${letter('Ctrl-Z', 'text')}\u001a`,
  },
  {
    name: 'UTF-8 that is none: overlong, cut off, surrogates',
    source: 'RFC 3629 §3',
    raw: Buffer.concat([
      latin1(letter('Bad UTF-8')),
      Buffer.from([0xc0, 0xaf, 0xe2, 0x82, 0x0d, 0x0a, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0x0d, 0x0a]),
    ]),
  },
  {
    name: 'UTF-8 byte order mark before the header',
    source: 'RFC 3629 §6',
    raw: `\ufeff${letter('BOM in front', 'text')}`,
  },
  {
    name: 'UTF-8 byte order mark before the body',
    source: 'RFC 3629 §6',
    raw: letter('BOM in the body', '\ufeffGrüß Gott'),
  },
  {
    name: 'UTF-16 body, sent as it is',
    source: 'RFC 2781 §4.3',
    raw: Buffer.concat([
      latin1(lines('Subject: UTF-16', 'Content-Type: text/plain; charset=UTF-16', '')),
      Buffer.from('\ufeffGrüße\r\naus Linz\r\n', 'utf16le'),
    ]),
    becomes: ['nul', 'lineEnds'],
  },
  {
    name: 'UTF-16 body in base64',
    source: 'RFC 2781 §4.3',
    raw: lines(
      'MIME-Version: 1.0',
      'Subject: UTF-16, encoded',
      'Content-Type: text/plain; charset=UTF-16LE',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('Grüße aus Linz', 'utf16le').toString('base64'),
    ),
  },
  {
    name: 'UTF-7 body',
    source: 'RFC 2152',
    raw: lines(
      'Subject: UTF-7',
      'Content-Type: text/plain; charset=UTF-7',
      '',
      'Gr+APwA3w-e +- mehr',
      '+AGEAYg-',
    ),
  },
  {
    name: 'ISO-2022-JP with escape sequences',
    source: 'RFC 1468',
    raw: latin1(
      lines(
        'Subject: \u001b$B%F%9%H\u001b(B',
        'Content-Type: text/plain; charset=ISO-2022-JP',
        '',
        '\u001b$B$3$s$K$A$O\u001b(B',
      ),
    ),
  },
  {
    name: 'Big5 with backslash as the second byte',
    source: 'RFC 2045 §2.8',
    raw: Buffer.concat([
      latin1(lines('Subject: Big5', 'Content-Type: text/plain; charset=Big5', '')),
      Buffer.from([0xb3, 0x5c, 0xa5, 0x5c, 0xbb, 0x5c, 0x0d, 0x0a]),
    ]),
  },
  {
    name: '8-bit text without any declaration',
    source: 'https://github.com/Exerra/cf-imap/issues/12',
    raw: latin1(letter('8 bit', 'Caf\u00e9 au lait, Gr\u00fc\u00dfe')),
  },
  {
    name: 'emoji, joined and with skin tones',
    source: 'RFC 6532 §3.1',
    raw: letter('Emoji 👩‍👩‍👧 🤝🏽', '🇦🇹 \u202eRTL\u202c e\u0301 שלום'),
  },
]

/** Line ends, lengths of lines, and what stands at the ends of lines and messages. */
export const lineCases: readonly MessageCase[] = [
  {
    name: 'bare LF throughout',
    source: 'https://github.com/mustang-im/mustang/issues/640',
    raw: letter('Bare LF', 'one', 'two').replaceAll('\r\n', '\n'),
    becomes: ['lineEnds'],
  },
  {
    name: 'mixed line ends',
    source: 'https://github.com/python/cpython/pull/152775',
    raw: `${letter('Mixed line ends', 'one')}two\nthree\r\nfour\n\nfive`,
    becomes: ['lineEnds'],
  },
  {
    name: 'header with CRLF, body with LF, in a multipart',
    source: 'https://github.com/cyrusimap/cyrus-imapd/pull/5586',
    raw: `${lines('Subject: Half and half', 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', '')}--b\n\none\n--b--\n`,
    becomes: ['lineEnds'],
  },
  { name: 'lone CR inside a line', source: 'RFC 5322 §2.3', raw: letter('Lone CR', 'one\rtwo\r\rthree') },
  {
    name: 'CR CR LF at the end of lines',
    source: 'RFC 5322 §2.3',
    raw: letter('CR CR LF', 'one\r', 'two\r\r'),
    becomes: ['lineEnds'],
  },
  {
    name: 'lone CR as the last byte',
    source: 'RFC 5322 §2.3',
    raw: `${letter('CR at the end')}text\r`,
    becomes: ['lineEnds'],
  },
  {
    name: 'CR CR CR LF, and CR CR as the last bytes',
    source: 'RFC 5322 §2.3',
    raw: letter('Many CRs', 'one\r\r', 'two\r\r\r') + 'three\r\r',
    becomes: ['lineEnds'],
  },
  {
    name: 'lone LF as the last byte',
    source: 'RFC 5322 §2.3',
    raw: `${letter('LF at the end')}text\n`,
    becomes: ['lineEnds'],
  },
  { name: 'LF CR', source: 'RFC 5322 §2.3', raw: `${letter('LF CR')}one\n\rtwo\n\r`, becomes: ['lineEnds'] },
  {
    name: 'no line end after the last line',
    source: 'https://github.com/jstedfast/MailKit/issues/251',
    raw: `${letter('No end')}the end`,
  },
  { name: 'ends within the header', source: 'RFC 5322 §2.1', raw: 'From: anna@example.at\r\nSubject: cut o' },
  {
    name: 'many empty lines at the end',
    source: 'RFC 6376 §3.4.3',
    raw: letter('Empty lines', 'x', '', '', '', ''),
  },
  {
    name: 'trailing blanks and tabs',
    source: 'RFC 6376 §3.4.3',
    raw: letter('Trailing blanks   ', 'one  ', 'two\t', ' \t ', '   '),
  },
  { name: 'signature separator', source: 'RFC 3676 §4.3', raw: letter('Signature', 'text', '-- ', 'Anna') },
  {
    name: 'format=flowed with stuffed spaces',
    source: 'RFC 3676 §4.4',
    raw: lines(
      'Subject: flowed',
      'Content-Type: text/plain; format=flowed; delsp=yes',
      '',
      'a line that goes ',
      'on',
      ' From here',
      ' >no quote',
      '>> quote ',
    ),
  },
  { name: 'dots alone', source: 'RFC 5321 §4.5.2', raw: letter('Dots', '.', '..', '. ', '.', '.x') },
  { name: 'a dot as the last line', source: 'RFC 5321 §4.5.2', raw: letter('Last dot', 'text', '.') },
  {
    name: 'mbox From line in front',
    source: 'https://github.com/dbmail/dbmail/issues/159',
    raw: lines('From alt@example.at Mon Jan  3 12:00:00 2005', 'Subject: from an mbox', '', 'x'),
  },
  {
    name: 'nothing but an mbox From line',
    source: 'https://github.com/dbmail/dbmail/issues/159',
    raw: 'From xxx@aaa.yyy\r\n',
  },
  {
    name: 'From and >From at the beginning of lines',
    source: 'RFC 4155 Appendix A',
    raw: letter('From lines', '', 'From here on', '>From there', '>>From elsewhere', '', 'From '),
  },
  {
    name: 'lines of 998, 999, 1000 and 1001 bytes',
    source: 'RFC 5322 §2.1.1',
    raw: letter('998', ...[998, 999, 1000, 1001].map((length) => 'l'.repeat(length))),
  },
  {
    name: 'lines around 8 KiB and 64 KiB',
    source: 'https://github.com/mjs/imapclient/issues/139',
    raw: letter('Buffers', ...[8191, 8192, 8193, 65_535, 65_536, 65_537].map((length) => 'b'.repeat(length))),
  },
  {
    name: 'one line of a megabyte',
    source: 'https://github.com/OpenSMTPD/OpenSMTPD/issues/683',
    raw: () => Buffer.from(letter('One line', 'x'.repeat(1_048_576))),
  },
  {
    name: 'a megabyte of 8-bit characters without a line end',
    source: 'RFC 5322 §2.1.1',
    raw: () => Buffer.from(`${letter('One 8-bit line')}${'ü'.repeat(524_288)}`),
  },
  {
    name: '20,000 empty lines',
    source: 'RFC 5322 §2.3',
    raw: () => Buffer.from(`${letter('Empty lines only')}${'\r\n'.repeat(20_000)}`),
  },
]
