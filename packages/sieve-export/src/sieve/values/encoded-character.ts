import { decodeText } from '../syntax/decode-text.ts'

export interface Decoded {
  readonly text: string
  /** A `${unicode:...}` that names no character. */
  readonly invalid?: string
}

const sequence =
  /\$\{(?:hex:([ \t\r\n]*[0-9a-f]{1,2}(?:[ \t\r\n]+[0-9a-f]{1,2})*)|unicode:([ \t\r\n]*[0-9a-f]+(?:[ \t\r\n]+[0-9a-f]+)*))[ \t\r\n]*\}/gi

/** Replaces `${hex:c3 bc}` and `${unicode:FC}` (RFC 5228 §2.4.2.4); what only looks alike stays as it is. */
export function decodeCharacters(value: string): Decoded {
  if (!value.includes('${')) return { text: value }
  const parts: Uint8Array[] = []
  const encoder = new TextEncoder()
  let at = 0
  for (const match of value.matchAll(sequence)) {
    const [whole, hex, unicode = ''] = match
    parts.push(encoder.encode(value.slice(at, match.index)))
    at = match.index + whole.length
    if (hex !== undefined) parts.push(Uint8Array.from(numbers(hex)))
    else {
      const points = numbers(unicode)
      if (!points.every(isCharacter)) return { text: value, invalid: whole }
      parts.push(encoder.encode(points.map((point) => String.fromCodePoint(point)).join('')))
    }
  }
  if (at === 0) return { text: value }
  parts.push(encoder.encode(value.slice(at)))
  return { text: decodeText(Buffer.concat(parts)) }
}

function numbers(text: string): number[] {
  return text
    .trim()
    .split(/\s+/)
    .map((digits) => Number.parseInt(digits, 16))
}

function isCharacter(point: number): boolean {
  return point <= 0x10_ff_ff && (point < 0xd800 || point > 0xdfff)
}
