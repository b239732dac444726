const tolerant = new TextDecoder('utf-8', { ignoreBOM: true })

/** UTF-8 to text; U+FFFD for what is not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  return tolerant.decode(bytes)
}

/**
 * Offset of the first byte that does not belong to valid UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing
 * beyond U+10FFFF), or -1.
 */
export function invalidUtf8At(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length === 0) return at
    at += length
  }
  return -1
}

function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4) return 0
  for (let index = 1; index < length; index += 1) if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0
  const second = bytes[at + 1] ?? 0
  if (first === 0xe0 && second < 0xa0) return 0
  if (first === 0xed && second > 0x9f) return 0
  if (first === 0xf0 && second < 0x90) return 0
  if (first === 0xf4 && second > 0x8f) return 0
  return length
}
