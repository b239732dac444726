import { parseCards } from './parse.ts'
import { splitValue, typesOf, unescapeText } from './property.ts'
import type { Card, Property } from './property.ts'

/** Written by servers as they like. */
const ignored = new Set(['REV', 'PRODID'])

/** Whose values are lists of components. */
const structured = new Set(['N', 'ADR', 'ORG'])

/**
 * Whether two texts are the same card: servers change order, folding and capitals, leave out empty lines and empty
 * components at the end of a name (SOGo), and stay true to the content.
 */
export function sameCard(one: string, other: string): boolean {
  const [first] = [...parseCards(one)]
  const [second] = [...parseCards(other)]
  return first !== undefined && second !== undefined && essence(first) === essence(second)
}

function essence({ properties }: Card): string {
  return properties
    .filter((line) => !ignored.has(line.name) && valueOf(line) !== '')
    .map((line) =>
      [line.name, ...typesOf(line).toSorted(), valueOf(line).replaceAll(/\s+/g, ' ').trim()].join('|'),
    )
    .toSorted()
    .join('\n')
}

function valueOf({ name, value }: Property): string {
  if (!structured.has(name)) return unescapeText(value)
  const parts = splitValue(value, ';').map((part) => unescapeText(part).trim())
  return parts.slice(0, parts.findLastIndex((part) => part !== '') + 1).join('\0')
}
