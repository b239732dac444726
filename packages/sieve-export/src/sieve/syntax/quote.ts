/**
 * A Sieve string that means `text` (RFC 5228 §2.4.2), in quotes. Line ends become CRLF.
 *
 * @throws {RangeError} for NUL, which Sieve cannot hold.
 */
export function quote(text: string): string {
  if (text.includes('\0')) throw new RangeError('a Sieve string cannot hold NUL')
  const escaped = text.replaceAll(/["\\]/g, String.raw`\$&`)
  return `"${escaped.replaceAll(/\r\n|\r|\n/g, '\r\n')}"`
}
