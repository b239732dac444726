import { letter, lines, withHeader, type MessageCase } from '../message-case.ts'

/** Messages that lack something. */
export const shapeCases: readonly MessageCase[] = [
  { name: 'a single byte', source: 'RFC 3501 §9 (CHAR8)', raw: 'x' },
  { name: 'a single line end', source: 'RFC 5322 §2.1', raw: '\r\n' },
  { name: 'line ends only', source: 'RFC 5322 §2.1', raw: '\r\n\r\n\r\n' },
  { name: 'no header: begins with the empty line', source: 'RFC 5322 §2.1', raw: '\r\nonly a body\r\n' },
  {
    name: 'no header at all',
    source: 'https://github.com/imapsync/imapsync/issues/271',
    raw: lines('Nur Text, gar keine Kopfzeilen.', 'Zweite Zeile'),
  },
  {
    name: 'no body',
    source: 'RFC 5322 §3.5',
    raw: lines('From: a@fidelity.example', 'Subject: no body', ''),
  },
  {
    name: 'no body, and no empty line either',
    source: 'RFC 5322 §3.5',
    raw: lines('From: a@fidelity.example', 'Subject: only header fields'),
  },
  {
    name: 'no Message-ID',
    source: 'https://github.com/mtsatsenko/imaputils/issues/8',
    raw: lines('From: a@fidelity.example', 'Date: Sun, 01 Feb 2015 00:00:00 +0000', '', 'x'),
  },
  { name: 'no From, no Date', source: 'RFC 5322 §3.6', raw: lines('Subject: nobody, never', '', 'x') },
  {
    name: 'Message-ID without brackets, with blanks, folded',
    source: 'RFC 5322 §4.5.4',
    raw: withHeader('odd id', 'Message-ID:', '  not an id, really  '),
  },
  {
    name: 'Message-ID of 2,000 characters',
    source: 'RFC 5322 §3.6.4',
    raw: withHeader('long id', `Message-ID: <${'i'.repeat(2000)}@x>`),
  },
]

const warning = (percent: string): string =>
  lines('From: admin@domain.tld', 'Subject: quota warning', '', `Your mailbox is now ${percent} full.`)

const twin = lines(
  'From: drucker@example.at',
  'Date: Mon, 02 May 2016 07:00:00 +0200',
  'Subject: Toner fast leer',
  '',
  'Der Toner ist fast leer.',
)

const once = '2016-05-02T05:00:00Z'

/** Messages that are easily taken for one another. */
export const likenessCases: readonly MessageCase[] = [
  {
    name: 'twin, first',
    source: 'https://github.com/imapsync/imapsync/issues/443',
    raw: twin,
    flags: ['\\Seen'],
  },
  {
    name: 'twin, second',
    source: 'https://github.com/imapsync/imapsync/issues/443',
    raw: twin,
    flags: ['\\Seen'],
  },
  {
    name: 'twin, third',
    source: 'https://github.com/imapsync/imapsync/issues/443',
    raw: twin,
    flags: ['\\Seen'],
  },
  {
    name: 'twin with other flags',
    source: 'https://github.com/imapsync/imapsync/issues/443',
    raw: twin,
    flags: ['\\Answered', '\\Flagged'],
    date: once,
  },
  {
    name: 'twin with another date',
    source: 'https://github.com/imapsync/imapsync/issues/443',
    raw: twin,
    date: '2011-11-11T11:11:11Z',
  },
  {
    name: 'equal headers, bodies differ: first',
    source: 'https://github.com/imapsync/imapsync/issues/24',
    raw: warning('below%'),
  },
  {
    name: 'equal headers, bodies differ: second',
    source: 'https://github.com/imapsync/imapsync/issues/24',
    raw: warning('80%'),
  },
  {
    name: 'equal Message-ID, first',
    source: 'https://github.com/imapsync/imapsync/issues/245',
    raw: letter('Same id', 'one'),
  },
  {
    name: 'equal Message-ID, second',
    source: 'https://github.com/imapsync/imapsync/issues/245',
    raw: letter('Same id', 'two'),
  },
  { name: 'the twin without its last line end', source: 'RFC 5322 §2.3', raw: twin.slice(0, -2) },
  { name: 'the twin with one more line end', source: 'RFC 6376 §3.4.3', raw: `${twin}\r\n` },
  {
    name: 'the twin with a blank more',
    source: 'RFC 6376 §3.4.3',
    raw: twin.replace('leer.\r\n', 'leer. \r\n'),
  },
  {
    name: 'the twin with a field name in capitals',
    source: 'RFC 5322 §2.2',
    raw: twin.replace('Subject:', 'SUBJECT:'),
  },
  {
    name: 'the twin with bare line feeds',
    source: 'RFC 5322 §2.3',
    raw: twin.replaceAll('\r\n', '\n'),
    becomes: ['lineEnds'],
  },
  {
    name: 'NUL here',
    source: 'https://github.com/cyrusimap/cyrus-imapd/issues/823',
    raw: `${twin}\0\r\n`,
    becomes: ['nul'],
  },
  {
    name: '0x80 there',
    source: 'https://github.com/cyrusimap/cyrus-imapd/issues/823',
    raw: Buffer.from(`${twin}\u0080\r\n`, 'latin1'),
  },
  {
    name: 'zero bytes',
    source: 'https://github.com/OfflineIMAP/offlineimap/issues/216',
    raw: '',
    setAside: /no content/,
  },
]

const sized = (bytes: number): MessageCase => ({
  name: `${bytes} bytes`,
  source: bytes < 5000 ? 'RFC 7888 §5' : 'RFC 3501 §4.3',
  raw: () => {
    const head = Buffer.from(letter(`${bytes} bytes`))
    const body = Buffer.alloc(bytes - head.length - 2, `${'Zeile '.repeat(5)}\r\n`)
    if (body.at(-1) === 13) body[body.length - 1] = 120
    return Buffer.concat([head, body, Buffer.from('\r\n')])
  },
})

/** Sizes at which something changes: literals, read buffers, batches. */
export const sizeCases: readonly MessageCase[] = [
  4095, 4096, 4097, 8192, 65_535, 65_536, 65_537, 262_144, 1_048_575, 1_048_576, 1_048_577, 33_554_432,
  34_603_009,
].map(sized)
