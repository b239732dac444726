/**
 * Decodes a folder name that was written in modified UTF-7 (RFC 3501 §5.1.3), as old clients put it into scripts.
 * Undefined when it is none, or means the same without decoding.
 */
export function decodeMutf7(name: string): string | undefined {
  if (!name.includes('&') || /[^\x20-\x7e]/.test(name)) return undefined
  let valid = true
  const decoded = name.replaceAll(/&([^-]*)(-?)/g, (_, base64: string, end: string) => {
    if (base64 === '') return '&'
    const text = end === '' ? undefined : decodeRun(base64)
    if (text === undefined) valid = false
    return text ?? ''
  })
  return valid && decoded !== name ? decoded : undefined
}

function decodeRun(base64: string): string | undefined {
  if (!/^[A-Za-z0-9+,]+$/.test(base64)) return undefined
  const bytes = Buffer.from(base64.replaceAll(',', '/'), 'base64')
  const text = bytes
    .subarray(0, bytes.length & ~1)
    .swap16()
    .toString('utf16le')
  return text === '' || /\p{Surrogate}/u.test(text) ? undefined : text
}
