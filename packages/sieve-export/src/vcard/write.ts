import type { Card, Property } from './property.ts'

/** RFC 2426 §2.6: octets of a line, without its end. */
const lineLimit = 75

/**
 * A card as vCard 3.0 (RFC 2426): CRLF, no line longer than 75 octets, no character cut in two.
 * The values are written as they are: they must be escaped already.
 */
export function writeCard(card: Card): string {
  const lines = ['BEGIN:VCARD', 'VERSION:3.0', ...card.properties.map(line), 'END:VCARD']
  return lines.map((text) => `${fold(text)}\r\n`).join('')
}

function line({ group, name, parameters, value }: Property): string {
  const written = [...parameters].map(([key, values]) => `;${key}=${parameterValues(values)}`)
  return `${group === undefined ? '' : `${group}.`}${name}${written.join('')}:${value.replaceAll(/[\r\n]/g, ' ')}`
}

/**
 * RFC 2426 §4: no quotation marks inside, and around it when it holds a separator. Around all of them then: readers
 * exist that stumble over a mixture.
 */
function parameterValues(values: readonly string[]): string {
  const clean = values.map((value) => value.replaceAll(/["\p{Cc}]/gu, ''))
  return clean.map((value) => (clean.some((each) => /[:;,]/.test(each)) ? `"${value}"` : value)).join(',')
}

function fold(text: string): string {
  const octets = Buffer.byteLength(text)
  if (octets <= lineLimit) return text
  // pictures: every character is one octet
  if (octets === text.length) {
    const rest = text.slice(lineLimit).match(/.{1,74}/gs) ?? []
    return [text.slice(0, lineLimit), ...rest].join('\r\n ')
  }
  const lines: string[] = []
  let current = ''
  let size = 0
  for (const character of text) {
    const length = Buffer.byteLength(character)
    if (size + length > lineLimit) {
      lines.push(current)
      current = ' '
      size = 1
    }
    current += character
    size += length
  }
  lines.push(current)
  return lines.join('\r\n')
}
