import { array, assert, integer, property, uniqueArray } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PairIndex } from './pair-index.ts'
import { addPairs, keepPairs, removePairs } from './pairs.ts'
import {
  countOf,
  formatUidSet,
  includes,
  intersect,
  parseUidSet,
  rangesOf,
  splitAt,
  subtract,
  toRanges,
  uidsOf,
  union,
} from './ranges.ts'
import type { PairRun } from './state.ts'

const uids = uniqueArray(integer({ min: 1, max: 60 }), { maxLength: 40 })
const list = (ranges: ReturnType<typeof rangesOf>) => [...uidsOf(ranges)]
const ascending = (numbers: Iterable<number>) => [...new Set(numbers)].toSorted((a, b) => a - b)

describe('ranges of UIDs', () => {
  test('are sets', () => {
    assert(
      property(uids, uids, integer({ min: 0, max: 70 }), (a, b, count) => {
        const [ra, rb] = [rangesOf(a), rangesOf(b)]
        expect(list(ra)).toEqual(ascending(a))
        expect(list(union(ra, rb))).toEqual(ascending([...a, ...b]))
        expect(list(subtract(ra, rb))).toEqual(ascending(a.filter((uid) => !b.includes(uid))))
        expect(list(intersect(ra, rb))).toEqual(ascending(a.filter((uid) => b.includes(uid))))
        expect(countOf(ra)).toBe(a.length)
        expect(includes(ra, count)).toBe(a.includes(count))
        const { head, rest } = splitAt(ra, count)
        expect(list(head)).toEqual(ascending(a).slice(0, count))
        expect(list(rest)).toEqual(ascending(a).slice(count))
        expect(parseUidSet(formatUidSet(ra)) ?? []).toEqual(ra)
        expect(toRanges(ra.toReversed())).toEqual(ra)
      }),
      { numRuns: 500 },
    )
  })

  test('a set of a server is read in its order, or not at all', () => {
    expect(parseUidSet('9:7,3')).toEqual([
      { first: 7, last: 9 },
      { first: 3, last: 3 },
    ])
    for (const text of ['', '0', '*', '1:*', '1,', 'a', '1:2:3', '4294967296', ' 1', '99999999999'])
      expect([text, parseUidSet(text)]).toEqual([text, undefined])
  })
})

const runs = array(
  integer({ min: 1, max: 40 }).chain((source) =>
    integer({ min: 1, max: 40 }).map((target): PairRun => ({
      source,
      target,
      count: 1 + ((source + target) % 4),
      flags: (source + target) % 3 === 0 ? 'x' : '',
      origin: 'copied',
    })),
  ),
  { maxLength: 8 },
)

/** Pairs one by one, later ones winning. */
function model(added: readonly PairRun[]): Map<number, { target: number; flags: string }> {
  const pairs = new Map<number, { target: number; flags: string }>()
  for (const run of added)
    for (let index = 0; index < run.count; index += 1) {
      const target = run.target + index
      for (const [source, pair] of pairs) if (pair.target === target) pairs.delete(source)
      pairs.set(run.source + index, { target, flags: run.flags })
    }
  return pairs
}

const flat = (pairs: readonly PairRun[]) =>
  pairs.flatMap((run) =>
    Array.from(
      { length: run.count },
      (_, index) => [run.source + index, run.target + index, run.flags] as const,
    ),
  )

describe('runs of pairs', () => {
  test('hold what pairs one by one would', () => {
    assert(
      property(runs, uids, (added, some) => {
        const joined = added.reduce((all: readonly PairRun[], run) => addPairs(all, [run]), [])
        const expected = [...model(added)]
          .map(([source, { target, flags }]) => [source, target, flags] as const)
          .toSorted(([a], [b]) => a - b)
        expect(flat(joined)).toEqual(expected)
        for (const side of ['source', 'target'] as const) {
          const position = side === 'source' ? 0 : 1
          const ranges = rangesOf(some)
          expect(flat(removePairs(joined, side, ranges))).toEqual(
            expected.filter((pair) => !some.includes(pair[position])),
          )
          expect(flat(keepPairs(joined, side, ranges))).toEqual(
            expected.filter((pair) => some.includes(pair[position])),
          )
          const index = new PairIndex(joined, side)
          for (const uid of some) {
            const pair = expected.find((one) => one[position] === uid)
            expect(index.find(uid)?.source).toBe(pair?.[0])
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
