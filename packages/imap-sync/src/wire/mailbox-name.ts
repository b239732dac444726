// Mailbox names on the wire: modified UTF-7 (RFC 3501 §5.1.3).

/** Encodes a Unicode name. The result is printable US-ASCII, whatever the name holds. */
export function encodeMailboxName(name: string): string {
  return name.replaceAll(/&|[^\u0020-\u007e]+/g, (run) => {
    if (run === '&') return '&-'
    const utf16 = Buffer.from(run, 'utf16le').swap16()
    return `&${utf16.toString('base64').replaceAll('=', '').replaceAll('/', ',')}-`
  })
}

/**
 * Decodes a wire name, or returns undefined when it is not the modified UTF-7 of anything: bad base64, a lone
 * surrogate, 8-bit characters, or an encoding that would come out differently (such a name could not be sent back).
 */
export function decodeMailboxName(wire: string): string | undefined {
  if (/[^\u0020-\u007e]/.test(wire)) return undefined
  let valid = true
  const name = wire.replaceAll(/&([^-]*)(-?)/g, (_, encoded: string, end: string) => {
    if (encoded === '') {
      if (end === '') valid = false
      return '&'
    }
    const bytes = Buffer.from(encoded.replaceAll(',', '/'), 'base64')
    if (end === '' || bytes.length % 2 !== 0) {
      valid = false
      return ''
    }
    return bytes.swap16().toString('utf16le')
  })
  return valid && !/\p{Surrogate}/u.test(name) && encodeMailboxName(name) === wire ? name : undefined
}
