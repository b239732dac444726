import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFileName, encodeFileName } from './file-names.ts'

const awkward = constantFrom(
  ...'/\\:*?"<>|.~%^ aAbBüÜßſıİéÉ\0\n\u0308\u202e\ud83d\udc00🏖'.split(''),
  '..',
  'con',
  'NUL',
  'com1',
  '%41',
  '^a',
)
const name = oneof(
  string({ unit: 'binary' }),
  string({ unit: 'grapheme' }),
  array(awkward, { maxLength: 300 }).map((parts) => parts.join('')),
)

/** How a file system sees a name to which neither case nor the form of an umlaut matters. */
function folded(file: string): string {
  return file.normalize('NFKD').toUpperCase().toLowerCase()
}

describe('encodeFileName', () => {
  it.each([
    ['main', 'main'],
    ['anna@example.at', 'anna@example.at'],
    ["o'brien+filter=1@example.at", "o'brien+filter=1@example.at"],
    ['Abwesenheit für Weihnachten', '^abwesenheit für ^weihnachten'],
    ['../../etc/passwd', '%2e.%2f..%2fetc%2fpasswd'],
    ['..', '%2e%2e'],
    ['.hidden', '%2ehidden'],
    ['con', '%63on'],
    ['Aux.txt', '^aux.txt'],
    ['aux.txt', '%61ux.txt'],
    ['100%', '100%25'],
    ['Straße', '^stra%c3%9fe'],
    ['u\u0308', 'u%cc%88'],
    ['a_b', 'a_b'],
    ['', ''],
  ])('%j is %j', (from, to) => {
    expect(encodeFileName(from)).toBe(to)
  })

  it('never leaves its folder, hides, or exceeds the limit, and tells the name again', () => {
    assert(
      property(name, (text) => {
        const file = encodeFileName(text)
        expect(file).not.toMatch(/[/\\:*?"<>|\p{Cc}\p{Cs}A-Z]|^[. ]|[. ]$/u)
        expect(Buffer.byteLength(file)).toBeLessThanOrEqual(200)
        expect(decodeFileName(file)).toBe(file.includes('~') ? undefined : text)
      }),
      { numRuns: 500 },
    )
  })

  it('gives two names two files, wherever they are kept', () => {
    assert(
      property(name, name, (one, other) => {
        expect(folded(encodeFileName(one)) === folded(encodeFileName(other))).toBe(one === other)
      }),
      { numRuns: 1000 },
    )
    for (const [one, other] of [
      ['main', 'Main'],
      ['ü', 'u\u0308'],
      ['ß', 'ss'],
      ['ſ', 's'],
      ['ı', 'i'],
      ['x'.repeat(300), `${'x'.repeat(299)}y`],
    ] as const)
      expect(folded(encodeFileName(one))).not.toBe(folded(encodeFileName(other)))
  })
})

describe('decodeFileName', () => {
  it.each(['%2', '%G1', '^', 'A', '%61', 'con', '.hidden', 'a/b', `${'a'.repeat(180)}~0123456789abcdef`])(
    'takes %j for nothing of ours',
    (file) => {
      expect(decodeFileName(file)).toBeUndefined()
    },
  )
})
