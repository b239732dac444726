import { fullName } from './full-name.ts'
import { normaliseLine } from './normalise-line.ts'
import type { ParsedCard } from './parse.ts'
import { escapeText, first, property, splitValue, unescapeText } from './property.ts'
import type { Card, Property } from './property.ts'

export interface NormaliseOptions {
  /** For a card without a UID of its own, or whose own UID is `taken`. */
  readonly uid: string
  readonly taken?: (uid: string) => boolean
  /** Names of groups that the card is in: added to its own CATEGORIES. */
  readonly categories?: readonly string[]
}

export interface NormalisedCard {
  readonly card: Card
  readonly uid: string
  /** `group`: a distribution list (vCard 4.0 `KIND:group`), with its members in X-ADDRESSBOOKSERVER-MEMBER. */
  readonly kind: 'individual' | 'group'
  /** What was changed beyond form, in sentences. */
  readonly repairs: readonly string[]
  /** Whether something of the original is not in the result. */
  readonly lossy: boolean
}

/** Lines that a card has once (RFC 2426); of several the first is taken. */
const single = new Set(['N', 'FN', 'BDAY', 'UID', 'REV', 'PRODID', 'CLASS', 'SORT-STRING', 'TZ', 'GEO'])
/** Said by us, or by the version. */
const ours = new Set(['UID', 'CATEGORIES', 'VERSION', 'BEGIN', 'END'])

/**
 * Makes a strict vCard 3.0 of any card: escaped, typed and named as RFC 2426 has it, with UID and FN. The same card
 * gives the same result every time, and a result gives itself. Undefined when there is nothing in it.
 */
export function normaliseCard(parsed: ParsedCard, options: NormaliseOptions): NormalisedCard | undefined {
  const repairs = parsed.problems.map(({ message }) => message)
  let lossy = parsed.problems.some(({ kind }) => kind === 'dropped')
  const lines: Property[] = []
  const seen = new Set<string>()
  let kind: NormalisedCard['kind'] = 'individual'
  for (const raw of parsed.properties) {
    if (ours.has(raw.name)) continue
    const result = normaliseLine(raw)
    if (result.repair !== undefined) repairs.push(result.repair)
    if (result.dropped === true) lossy = true
    if (result.group === true) kind = 'group'
    for (const line of result.lines) {
      if (single.has(line.name) && seen.has(line.name)) {
        repairs.push(`a second ${line.name} was left out`)
        lossy = true
        continue
      }
      seen.add(line.name)
      lines.push(line)
    }
  }
  const name = fullName({ properties: lines })
  if (name === undefined) return undefined
  const uid = ownUid(parsed, options)
  const categories = categoriesOf(parsed, options.categories ?? [])
  const others = lines.filter((line) => line.name !== 'FN' && line.name !== 'N')
  const card: Card = {
    properties: [
      property('UID', escapeText(uid)),
      first({ properties: lines }, 'N') ?? property('N', ';;;;'),
      property('FN', escapeText(name)),
      ...withDepartment(others),
      ...(categories.length === 0 ? [] : [property('CATEGORIES', categories.map(escapeText).join(','))]),
    ],
  }
  return { card, uid, kind, repairs, lossy }
}

function ownUid(parsed: ParsedCard, { uid, taken }: NormaliseOptions): string {
  const own = unescapeText(first(parsed, 'UID')?.value ?? '')
    .replaceAll(/\p{Cc}/gu, '')
    .trim()
  return own === '' || own.length > 255 || taken?.(own) === true ? uid : own
}

function categoriesOf(parsed: ParsedCard, groups: readonly string[]): string[] {
  const own = parsed.properties
    .filter(({ name }) => name === 'CATEGORIES')
    .flatMap(({ value }) => splitValue(value, ',').map(unescapeText))
  const names = [...own, ...groups].map((name) => name.replaceAll(/\p{Cc}+/gu, ' ').trim())
  return [...new Set(names.filter((name) => name !== ''))]
}

/** Who shows ORG knows its second part; X-DEPARTMENT is Roundcube's own. */
function withDepartment(lines: readonly Property[]): Property[] {
  const department = lines.find(({ name }) => name === 'X-DEPARTMENT')?.value
  return lines.map((line) =>
    line.name === 'ORG' && department !== undefined && splitValue(line.value, ';').length === 1
      ? { ...line, value: `${line.value};${department}` }
      : line,
  )
}
