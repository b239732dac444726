import { isUtf8 } from 'node:buffer'

/** What the bytes 0x80 to 0x9F mean in windows-1252, which is what "latin1" of mail programs mostly is. */
const windows = new TextDecoder('windows-1252')
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** One character of RFC 3629 beyond ASCII, or one byte that belongs to none; over bytes written as Latin-1. */
const beyondAscii =
  /[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\x80-\xff]/g

/**
 * Text of bytes that should be UTF-8 and may not be: whatever is valid UTF-8 is read as that, every other byte as
 * windows-1252. Old address books mix both within one card.
 */
export function decodeBytes(bytes: Uint8Array): { readonly text: string; readonly repaired: boolean } {
  if (isUtf8(bytes)) return { text: utf8.decode(bytes), repaired: false }
  const text = Buffer.from(bytes)
    .toString('latin1')
    .replaceAll(beyondAscii, (found) =>
      (found.length > 1 ? utf8 : windows).decode(Buffer.from(found, 'latin1')),
    )
  return { text, repaired: true }
}
