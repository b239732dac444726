import { ManageSieveError } from './errors.ts'

/** RFC 5804 §4: `quoted` has at most 1,024 octets. */
const maxQuotedBytes = 1024
/** RFC 5804 §1.6: names of 128 characters must be possible; 512 octets hold them all. Longer ones are a mistake. */
const maxNameBytes = 512

/** A string as it goes over the wire: quoted where that is allowed, as a non-synchronising literal otherwise. Pure. */
export function encodeString(text: string | Uint8Array): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : Buffer.from(text)
  if (bytes.length > maxQuotedBytes || bytes.some(isUnquotable)) return encodeLiteral(bytes)
  const quoted: number[] = [34]
  for (const byte of bytes) {
    if (byte === 34 || byte === 92) quoted.push(92)
    quoted.push(byte)
  }
  quoted.push(34)
  return quoted.length - 2 > maxQuotedBytes ? encodeLiteral(bytes) : Buffer.from(quoted)
}

/** RFC 5804 §4: `literal-c2s`; the server does not answer in between. */
export function encodeLiteral(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`{${bytes.length}+}\r\n`), bytes])
}

/** Quoted strings are UTF-8 text of one line; what is not even UTF-8 is left to literals. */
function isUnquotable(byte: number): boolean {
  return byte === 0 || byte === 10 || byte === 13
}

/**
 * Refuses what cannot be the name of a script (RFC 5804 §1.6): empty, too long, with control characters or line
 * separators, or no text at all. Throws `usage`.
 */
export function checkScriptName(name: string): void {
  if (name === '') throw new ManageSieveError('usage', 'a script needs a name')
  if (/\p{Cs}/u.test(name)) throw new ManageSieveError('usage', 'the name of a script is not valid Unicode')
  // RFC 5804 §1.6: U+0000-001F, U+007F-009F, U+2028 and U+2029 are not allowed.
  if (/[\p{Cc}\u2028\u2029]/u.test(name))
    throw new ManageSieveError('usage', 'the name of a script may hold no control characters')
  if (Buffer.byteLength(name) > maxNameBytes)
    throw new ManageSieveError('usage', `the name of a script may have ${maxNameBytes} bytes at most`)
}
