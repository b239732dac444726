import { createHash } from 'node:crypto'

/** The same UUID for the same words, every time and everywhere (RFC 9562 §5.8, version 8: of SHA-256). */
export function stableUid(...words: readonly string[]): string {
  const hash = createHash('sha256')
  for (const word of words) hash.update(`${Buffer.byteLength(word)}:${word}`)
  const bytes = hash.digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
