import { parseCards } from './parse.ts'
import { typesOf, unescapeText } from './property.ts'
import type { Card } from './property.ts'

/** Written by servers as they like. */
const ignored = new Set(['REV', 'PRODID'])

/** Whether two texts are the same card: servers change order, folding and capitals, and stay true to the content. */
export function sameCard(one: string, other: string): boolean {
  const [first] = [...parseCards(one)]
  const [second] = [...parseCards(other)]
  return first !== undefined && second !== undefined && essence(first) === essence(second)
}

function essence({ properties }: Card): string {
  return properties
    .filter(({ name }) => !ignored.has(name))
    .map((line) =>
      [line.name, ...typesOf(line).toSorted(), unescapeText(line.value).replaceAll(/\s+/g, ' ').trim()].join(
        '|',
      ),
    )
    .toSorted()
    .join('\n')
}
