import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  entriesOf,
  hasBlock,
  isKeyOf,
  parseTable,
  printTable,
  withBlock,
  withoutBlock,
} from './table-file.ts'

const domains = new Set(['example.at'])
const remove = ({ key }: { readonly key: string }): boolean => isKeyOf(key, domains)

const table = [
  '# aliases of 2012',
  'sales@example.at   anna@example.at,',
  '# not the end of the entry',
  '   bert@example.at',
  '',
  'other@stay.example carla@stay.example',
  '  ',
  '"a b"@Example.AT anna@example.at',
  'example.at anything',
  '@example.at anna@example.at',
].join('\n')

describe('a table', () => {
  it('is read as postmap reads it', () => {
    expect(entriesOf(parseTable(table)).map(({ key, value, line }) => [key, value, line])).toEqual([
      ['sales@example.at', 'anna@example.at, bert@example.at', 2],
      ['other@stay.example', 'carla@stay.example', 6],
      ['a b', '@Example.AT anna@example.at', 8],
      ['example.at', 'anything', 9],
      ['@example.at', 'anna@example.at', 10],
    ])
  })

  it('loses the entries of a domain, and keeps them as comments for the way back', () => {
    const changed = withBlock(table, 'example.at', { remove, add: ['example.at relay:[192.0.2.1]:25'] })
    expect(entriesOf(parseTable(changed)).map(({ key }) => key)).toEqual([
      'other@stay.example',
      'a b',
      'example.at',
    ])
    expect(changed).toContain(
      '#- sales@example.at   anna@example.at,\n#- # not the end of the entry\n#-    bert@example.at\n',
    )
    expect(hasBlock(changed, 'example.at')).toBe(true)
    expect(hasBlock(changed, 'ample.at')).toBe(false)
    const back = withoutBlock(changed, 'example.at')
    expect(new Set(entriesOf(parseTable(back)).map(({ key, value }) => `${key} ${value}`))).toEqual(
      new Set(entriesOf(parseTable(table)).map(({ key, value }) => `${key} ${value}`)),
    )
  })
})

const contents = (source: string): readonly string[] =>
  entriesOf(parseTable(source))
    .map(({ key, value }) => `${key} ${value}`)
    .toSorted()

describe('laws', () => {
  const line = fc.oneof(
    fc.constantFrom('', '  ', '# comment', ' # indented', '\tcontinued, more', 'key', 'a@b.example', '\r'),
    fc
      .tuple(
        fc.constantFrom('anna', 'x', '', '"q"'),
        fc.constantFrom('example.at', 'EXAMPLE.at', 'stay.example', 'sub.example.at'),
      )
      .map(([local, domain]) => `${local}@${domain} target@stay.example`),
    fc.constantFrom(
      'example.at OK',
      'stay.example OK',
      '# BEGIN mailmove stay.example (x)',
      '# END mailmove stay.example',
    ),
  )
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('', '\n'))
    .map(([lines, end]) => lines.join('\n') + end)
  const add = fc.constantFrom<readonly string[]>(
    [],
    ['example.at relay:[192.0.2.1]:25'],
    ['anna@example.at OK', 'bert@example.at OK'],
  )
  it('print(parse(x)) is x', () => {
    fc.assert(
      fc.property(text, (source) => {
        expect(printTable(parseTable(source))).toBe(source)
      }),
    )
  })

  it('twice is once, other domains keep their entries, and back is back', () => {
    fc.assert(
      fc.property(text, add, add, (source, first, second) => {
        const once = withBlock(source, 'example.at', { remove, add: first })
        expect(withBlock(once, 'example.at', { remove, add: first })).toBe(once)
        const refreshed = withBlock(once, 'example.at', { remove, add: second })
        const others = contents(source).filter((entry) => !isKeyOf(entry.split(' ')[0] ?? '', domains))
        expect(contents(refreshed).filter((entry) => !isKeyOf(entry.split(' ')[0] ?? '', domains))).toEqual(
          others,
        )
        expect(contents(withoutBlock(refreshed, 'example.at'))).toEqual(contents(source))
      }),
    )
  })
})
