import ICAL from 'ical.js'
import { parseCards } from '../src/vcard/parse.ts'
import { splitValue, unescapeText } from '../src/vcard/property.ts'
import type { Property } from '../src/vcard/property.ts'

/** A card as ical.js, a reader that is not ours, sees it. (It leaves the `\\;` of RFC 2426 §4 as it is.) */
export function readCards(text: string) {
  const cards = text.split(/(?=^BEGIN:VCARD)/m).filter((card) => card.trim() !== '')
  return cards.map((card) => {
    const component = new ICAL.Component(ICAL.parse(card.trimEnd()))
    return {
      text: (name: string) =>
        String(component.getFirstPropertyValue(name) ?? '').replaceAll(String.raw`\;`, ';'),
      all: (name: string) =>
        component.getAllProperties(name).map((property) => String(property.getFirstValue())),
    }
  })
}

/** What a strict reader would object to. */
export function strictness(text: string): string[] {
  const problems: string[] = []
  for (const line of text.split('\r\n')) {
    if (Buffer.byteLength(line) > 75) problems.push(`too long: ${line}`)
    if (/[\r\n]/.test(line)) problems.push(`bare line end: ${line}`)
    if (line.includes('\uFFFD')) problems.push(`not UTF-8: ${line}`)
  }
  for (const card of readCards(text)) {
    if (card.text('version') !== '3.0') problems.push('version')
    if (card.text('fn') === '') problems.push('no FN')
    if (card.text('uid') === '') problems.push('no UID')
  }
  const uids = readCards(text).map((card) => card.text('uid'))
  if (new Set(uids).size !== uids.length) problems.push('a UID twice')
  return problems
}

/**
 * What a card of `theirs` says that no card of `ours` does. Roundcube drops a blank wherever a fold falls on one, so
 * white space does not count; types and names are compared in the terms of RFC 2426.
 */
export function lostFrom(theirs: string, ours: string): string[] {
  const known = [...parseCards(ours)].map((card) => new Set(card.properties.flatMap(facts)))
  const lost: string[] = []
  for (const card of parseCards(theirs)) {
    const wanted = card.properties.flatMap(facts)
    const best = known
      .map((have) => wanted.filter((fact) => !have.has(fact)))
      .toSorted((one, other) => one.length - other.length)[0]
    lost.push(...(best ?? ['no card at all']))
  }
  return lost
}

const renamed = new Map([
  ['KIND', 'X-ADDRESSBOOKSERVER-KIND'],
  ['MEMBER', 'X-ADDRESSBOOKSERVER-MEMBER'],
])
const types = new Map([
  ['workfax', ['work', 'fax']],
  ['homefax', ['home', 'fax']],
  ['home2', ['home']],
  ['other', []],
])

function facts(line: Property): string[] {
  const name = renamed.get(line.name) ?? line.name
  if (line.name === 'KIND' && line.value === 'individual') return []
  const labels = (line.parameters.get('TYPE') ?? []).flatMap(
    (type) => types.get(type.toLowerCase()) ?? [type.toLowerCase()],
  )
  // the kind of a picture is ours to add; a link has no kinds in common use
  const label = name === 'PHOTO' ? '' : labels.toSorted().join('+')
  const separator = name === 'CATEGORIES' ? ',' : ';'
  const listed = ['CATEGORIES', 'N', 'ADR', 'ORG'].includes(name)
    ? splitValue(line.value, separator)
    : [line.value]
  return listed
    .map((part) => unescapeText(part).replaceAll(/\s+/g, '').replace(/^tel:/, ''))
    .map((part, index) => ({ part, index: name === 'CATEGORIES' || name === 'FN' ? 0 : index }))
    .filter(({ part }) => part !== '')
    .map(({ part, index }) => `${name}[${label}][${index}]=${part}`)
}
