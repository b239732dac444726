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
  const written = [...parameters].map(([key, values]) => `;${key}=${values.map(parameterValue).join(',')}`)
  return `${group === undefined ? '' : `${group}.`}${name}${written.join('')}:${value.replaceAll(/[\r\n]/g, ' ')}`
}

/** RFC 2426 §4: no quotation marks inside, and around it when it holds a separator. */
function parameterValue(value: string): string {
  const clean = value.replaceAll(/["\p{Cc}]/gu, '')
  return /[:;,]/.test(clean) ? `"${clean}"` : clean
}

function fold(text: string): string {
  if (Buffer.byteLength(text) <= lineLimit) return text
  const lines: string[] = []
  let current = ''
  let size = 0
  for (const character of text) {
    const octets = Buffer.byteLength(character)
    if (size + octets > lineLimit) {
      lines.push(current)
      current = ' '
      size = 1
    }
    current += character
    size += octets
  }
  lines.push(current)
  return lines.join('\r\n')
}
