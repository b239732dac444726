/** One awkward message, and what must be true of it after the copy. */
export interface MessageCase {
  readonly name: string
  /** The RFC section, or the public report, that it comes from. */
  readonly source: string
  /** As it was sent, line ends and all. */
  readonly raw: string | Buffer | (() => Buffer)
  readonly flags?: readonly string[]
  /** INTERNALDATE: the instant, and the zone that it is sent in. */
  readonly date?: string
  readonly zone?: string
  /**
   * What Dovecot makes of the bytes when it stores them. Absent: the target has every byte as it was sent.
   * - `lineEnds` a bare LF is CRLF there, CR CR LF is CR LF, and a CR at the very end is gone
   * - `nul` each NUL is 0x80 there
   */
  readonly becomes?: readonly ('lineEnds' | 'nul')[]
  /** Not copied but set aside; the reason that the report gives. */
  readonly setAside?: RegExp
  /** The target has the time of the copy instead of this date. */
  readonly dateBecomesNow?: true
  /** Keywords that the target does not get. */
  readonly dropped?: readonly string[]
}

/** A folder's worth of cases. */
export interface MessageGroup {
  readonly folder: string
  /**
   * `disk`: put into the old server's storage as they are, which no APPEND would take. `append`: sent with flags that
   * no file name can hold.
   */
  readonly deliver: 'disk' | 'append'
  readonly cases: readonly MessageCase[]
}

export function rawBytes({ raw }: MessageCase): Buffer {
  return typeof raw === 'function' ? raw() : Buffer.from(raw)
}

/** What a Dovecot shows of a file in a maildir (tried against 2.3.19). */
export function asDovecotShows(bytes: Buffer): Buffer {
  if (!bytes.includes(10) && !bytes.includes(0)) return bytes
  const text = bytes
    .toString('latin1')
    .replaceAll(/(?<!\r)\n/g, '\r\n')
    .replaceAll('\0', '\u0080')
  return Buffer.from(text, 'latin1')
}

/** What a Dovecot shows of what it was sent: it has taken the CR from each line end, and stored what was left. */
export function asDovecotStores(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/\r$/, '').replaceAll('\r\n', '\n')
  return asDovecotShows(Buffer.from(text, 'latin1'))
}

/** Lines with CRLF. */
export function lines(...parts: readonly string[]): string {
  return parts.map((part) => `${part}\r\n`).join('')
}

/** An ordinary letter around an odd body. */
export function letter(subject: string, ...body: readonly string[]): string {
  return lines(
    'From: Anna =?UTF-8?Q?M=C3=BCller?= <anna@example.at>',
    'To: juergen@example.at',
    'Date: Tue, 05 Mar 2019 10:11:12 +0100',
    `Message-ID: <${subject.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}@fidelity.example>`,
    `Subject: ${subject}`,
    '',
    ...body,
  )
}

/** A letter with more header fields, given as lines. */
export function withHeader(name: string, ...fields: readonly string[]): string {
  return lines('From: anna@example.at', `X-Case: ${name}`, ...fields, '', 'Guten Tag!')
}

/** A MIME message: header fields of the whole, then the body's lines. */
export function mime(name: string, contentType: string, ...body: readonly string[]): string {
  return lines(
    'From: anna@example.at',
    'Date: Tue, 05 Mar 2019 10:11:12 +0100',
    `Subject: ${name}`,
    'MIME-Version: 1.0',
    `Content-Type: ${contentType}`,
    '',
    ...body,
  )
}

export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
