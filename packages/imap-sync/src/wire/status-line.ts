/** What a status response says (RFC 3501 §7.1), tagged or not. */
export interface StatusLine {
  readonly status: (typeof statuses)[number]
  /** Response code without its arguments, upper case, e.g. `APPENDUID`. */
  readonly code?: string
  /** The rest of the response code, as sent. */
  readonly codeArguments?: string
  readonly text: string
}

const statuses = ['OK', 'NO', 'BAD', 'BYE', 'PREAUTH'] as const

/** Parses what follows the tag, or returns undefined when it is not a status. */
export function parseStatusLine(rest: string): StatusLine | undefined {
  const match = /^(OK|NO|BAD|BYE|PREAUTH)(?: |$)/i.exec(rest)
  if (match === null) return undefined
  const status = statuses.find((known) => known === match[1]?.toUpperCase())
  if (status === undefined) return undefined
  const after = rest.slice(match[0].length)
  // The code may hold quoted strings with brackets (BADCHARSET, REFERRAL); none of those we read does.
  const coded = /^\[([^\s\]]{1,100})(?: ([^\]]*))?\] ?/.exec(after)
  if (coded === null) return { status, text: after }
  return {
    status,
    code: (coded[1] ?? '').toUpperCase(),
    ...(coded[2] === undefined ? {} : { codeArguments: coded[2] }),
    text: after.slice(coded[0].length),
  }
}

/** A server's text for people: one line, printable, short, and without how long Dovecot took: `(0.001 + 0.000 secs).` */
export function serverText(text: string): string {
  const decoded = Buffer.from(text, 'latin1').toString('utf8')
  const printable = decoded
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]+/gu, ' ')
    .replace(/ \([\d.]+(?: \+ [\d.]+){0,3} secs\)\.?\s*$/, '')
    .trim()
  return printable.length > 200 ? `${printable.slice(0, 199)}…` : printable
}
