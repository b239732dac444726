import { createHash } from 'node:crypto'

// Names of mailboxes and scripts as names of files: the same name always gives the same file, two names never share one,
// also where case or the form of an umlaut does not count (Windows, macOS), and every file tells its name again.

/** Longer ones (255 bytes are the limit almost everywhere) are cut and get a digest instead; what a suffix needs is left. */
const maxBytes = 200
const digestLength = 16
/** Lower case only, composed, and of one meaning in every file system: others are escaped. */
const plain = /^[a-z0-9@=+,'_ .\-äöüáàâéèêëíìîïóòôúùûñçåøæ]$/u
/** What Windows takes for a device, whatever the extension. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

/**
 * A name as a file name, without path separators, hidden files, trailing dots and devices: capitals as `^a`, everything else
 * as `%c3%9f`. {@link decodeFileName} gives it back, but for those that are too long: they end in `~` and a digest. Pure.
 */
export function encodeFileName(name: string): string {
  const characters = Array.from(name)
  const encoded = characters.map((character, index) => {
    const isEdge = index === 0 || index === characters.length - 1
    if ((character === '.' || character === ' ') && isEdge) return escaped(character)
    return encodeCharacter(character)
  })
  const text = encoded.join('')
  const [first = ''] = encoded
  const safe = device.test(text) ? escaped(first) + text.slice(first.length) : text
  return Buffer.byteLength(safe) <= maxBytes ? safe : shortened(encoded, name)
}

function encodeCharacter(character: string): string {
  if (plain.test(character)) return character
  return /^[A-Z]$/.test(character) ? `^${character.toLowerCase()}` : escaped(character)
}

function escaped(character: string): string {
  return [...bytesOf(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

/** UTF-8, and for half a surrogate pair, which has none, the three bytes that it would have. */
function bytesOf(character: string): Uint8Array {
  const unit = character.charCodeAt(0)
  if (character.length > 1 || unit < 0xd800 || unit > 0xdfff) return Buffer.from(character)
  return Uint8Array.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f))
}

function shortened(encoded: readonly string[], name: string): string {
  const digest = createHash('sha256')
    .update(Buffer.from(name, 'utf16le'))
    .digest('hex')
    .slice(0, digestLength)
  let head = ''
  for (const part of encoded) {
    if (Buffer.byteLength(head) + Buffer.byteLength(part) > maxBytes - digestLength - 1) break
    head += part
  }
  return `${head}~${digest}`
}

/** The name again; `undefined` for a file name that was shortened or is none of ours. Pure. */
export function decodeFileName(file: string): string | undefined {
  if (!/^(?:[^%^~/\\\0]|%[0-9a-f]{2}|\^[a-z])*$/.test(file)) return undefined
  const bytes: number[] = []
  for (const [part, hex, capital] of file.matchAll(/%([0-9a-f]{2})|\^([a-z])|[^%^]/gu)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16))
    else bytes.push(...Buffer.from(capital === undefined ? part : capital.toUpperCase()))
  }
  const name = textOf(Buffer.from(bytes))
  return encodeFileName(name) === file ? name : undefined
}

/** As UTF-8, with half surrogate pairs where {@link bytesOf} wrote them. */
function textOf(bytes: Buffer): string {
  const latin = bytes.toString('latin1')
  return latin
    .split(/(\xed[\xa0-\xbf][\x80-\xbf])/)
    .map((part, index) => {
      if (index % 2 === 0) return Buffer.from(part, 'latin1').toString('utf8')
      const [, second = 0, third = 0] = Buffer.from(part, 'latin1')
      return String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f))
    })
    .join('')
}
