// ASCII, by name.
export const tab = 0x09
export const lineFeed = 0x0a
export const carriageReturn = 0x0d
export const space = 0x20
export const quote = 0x22
export const hash = 0x23
export const star = 0x2a
export const dot = 0x2e
export const slash = 0x2f
export const colon = 0x3a
export const backslash = 0x5c

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

/** A letter or `_`: what names of commands, tests and tags begin with. */
export function isNameStart(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const lower = byte | 0x20
  return (lower >= 0x61 && lower <= 0x7a && byte < 0x80) || byte === 0x5f
}

export function isNamePart(byte: number | undefined): boolean {
  return isNameStart(byte) || isDigit(byte)
}
