import * as fc from 'fast-check'
import ICAL from 'ical.js'
import { expect, test } from 'vitest'
import { normaliseCard, parseCards, writeCard } from '../src/index.ts'
import { escapeText, unescapeText } from '../src/vcard/property.ts'
import type { Property } from '../src/vcard/property.ts'

/** Text as people type it: any character, and often those that a card gives a meaning. */
const text = fc.string({
  unit: fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom('\\', ';', ',', '\n', ':', '"', ' ', 'ä', '😀', '日', '=') },
  ),
  maxLength: 200,
})
const name = fc
  .stringMatching(/^[A-Z][A-Z0-9-]{0,15}$/)
  .filter((word) => !['BEGIN', 'END', 'VERSION'].includes(word))
const parameter = fc.tuple(
  name.filter((word) => !['ENCODING', 'CHARSET'].includes(word)),
  fc
    .array(fc.stringMatching(/^[\w ;:,.äß-]*[\wäß]$/), { minLength: 1, maxLength: 3 })
    .map((values) => values.map((value) => value.trim())),
)
const line = fc.record({
  name,
  parameters: fc.array(parameter, { maxLength: 3 }).map((pairs) => new Map(pairs)),
  value: text.map((words) => escapeText(words).replaceAll(/\p{Cc}/gu, '')),
})

test('what is written is read back as it was', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (properties: Property[]) => {
      const [card, ...more] = [...parseCards(writeCard({ properties }))]
      expect(more).toEqual([])
      expect(card?.problems).toEqual([])
      expect(card?.properties).toEqual(properties)
    }),
  )
})

test('no line has more than 75 octets, and none ends within a character', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), (properties: Property[]) => {
      for (const written of Buffer.from(writeCard({ properties })).toString('latin1').split('\r\n')) {
        expect(written.length).toBeLessThanOrEqual(75)
        // a continuation byte cannot come first
        expect(written.replace(/^ /, '')).not.toMatch(/^[\x80-\xbf]/)
      }
    }),
  )
})

test('escaping and unescaping undo each other', () => {
  fc.assert(
    fc.property(text, (words) => {
      const plain = words.replaceAll(/\r\n|\r/g, '\n')
      expect(unescapeText(escapeText(plain))).toBe(plain)
      expect(escapeText(plain)).not.toMatch(/\n|(^|[^\\])[,;]/)
    }),
  )
})

test('a normalised card is the same when it is normalised again, and any reader reads it', () => {
  const known = fc.constantFrom(
    'N',
    'FN',
    'ORG',
    'EMAIL',
    'TEL',
    'ADR',
    'NOTE',
    'BDAY',
    'PHOTO',
    'CATEGORIES',
    'URL',
    'KIND',
  )
  const messy = fc.record({
    name: fc.oneof(known, name),
    parameters: line.map((one) => one.parameters),
    value: text,
  })
  fc.assert(
    fc.property(fc.array(messy, { maxLength: 8 }), (properties: Property[]) => {
      const once = normaliseCard({ version: '', properties, problems: [] }, { uid: 'u-1' })
      if (once === undefined) return
      const written = writeCard(once.card)
      const [read] = [...parseCards(written)]
      if (read === undefined) throw new Error('nothing was read back')
      const twice = normaliseCard(read, { uid: 'u-2' })
      expect(writeCard(twice?.card ?? { properties: [] })).toBe(written)
      expect(() => ICAL.parse(written.trimEnd())).not.toThrow()
    }),
  )
})

/** Reads, and makes strict, whatever stands between the frame's lines. */
function digest(words: string): number {
  const cards = [...parseCards(`BEGIN:VCARD\n${words}\nEND:VCARD`)]
  for (const card of cards) normaliseCard(card, { uid: 'u' })
  return cards.length
}

test('whatever stands in a file, reading it ends', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (words) => {
      expect(() => digest(words)).not.toThrow()
    }),
  )
  const hostile = [
    '"'.repeat(200_000),
    ';'.repeat(200_000),
    `A;${'B=,'.repeat(60_000)}:x`,
    `N:${'\\;'.repeat(100_000)}`,
  ]
  expect(hostile.map(digest)).toEqual([1, 1, 1, 1])
})
