import type { UidRange } from './state.ts'

// Sets of UIDs as sorted, disjoint, non-adjacent ranges: a folder of 700,000 messages is usually a handful of them.

/** Sorts, merges overlapping and adjacent ranges, drops empty ones. */
export function toRanges(ranges: Iterable<UidRange>): UidRange[] {
  const sorted = [...ranges]
    .filter((range) => range.last >= range.first)
    .toSorted((a, b) => a.first - b.first)
  const merged: { first: number; last: number }[] = []
  for (const { first, last } of sorted) {
    const previous = merged.at(-1)
    if (previous !== undefined && first <= previous.last + 1) previous.last = Math.max(previous.last, last)
    else merged.push({ first, last })
  }
  return merged
}

export function rangesOf(uids: Iterable<number>): UidRange[] {
  const ascending = [...uids].toSorted((a, b) => a - b)
  const ranges: { first: number; last: number }[] = []
  for (const uid of ascending) {
    const previous = ranges.at(-1)
    if (previous !== undefined && uid <= previous.last + 1) previous.last = uid
    else ranges.push({ first: uid, last: uid })
  }
  return ranges
}

export function countOf(ranges: readonly UidRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0)
}

export function* uidsOf(ranges: Iterable<UidRange>): Generator<number> {
  for (const { first, last } of ranges) for (let uid = first; uid <= last; uid += 1) yield uid
}

export function union(a: readonly UidRange[], b: readonly UidRange[]): UidRange[] {
  return toRanges([...a, ...b])
}

/** What is in `a` and not in `b`. */
export function subtract(a: readonly UidRange[], b: readonly UidRange[]): UidRange[] {
  const rest: UidRange[] = []
  let at = a[0] === undefined ? 0 : firstEndingFrom(b, a[0].first)
  for (const range of a) {
    let first = range.first
    while (at < b.length && (b[at]?.last ?? 0) < first) at += 1
    for (let index = at; index < b.length && first <= range.last; index += 1) {
      const cut = b[index]
      if (cut === undefined || cut.first > range.last) break
      if (cut.first > first) rest.push({ first, last: cut.first - 1 })
      first = Math.max(first, cut.last + 1)
    }
    if (first <= range.last) rest.push({ first, last: range.last })
  }
  return rest
}

/** Index of the first range that ends at or after `uid`. */
function firstEndingFrom(ranges: readonly UidRange[], uid: number): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ranges[middle]?.last ?? 0) < uid) low = middle + 1
    else high = middle
  }
  return low
}

export function intersect(a: readonly UidRange[], b: readonly UidRange[]): UidRange[] {
  return subtract(a, subtract(a, b))
}

export function includes(ranges: readonly UidRange[], uid: number): boolean {
  let low = 0
  let high = ranges.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const range = ranges[middle]
    if (range === undefined) return false
    if (uid < range.first) high = middle - 1
    else if (uid > range.last) low = middle + 1
    else return true
  }
  return false
}

/** The first `count` UIDs, and the others. */
export function splitAt(
  ranges: readonly UidRange[],
  count: number,
): { readonly head: UidRange[]; readonly rest: UidRange[] } {
  const head: UidRange[] = []
  let left = count
  for (const [index, range] of ranges.entries()) {
    const size = range.last - range.first + 1
    if (size > left) {
      if (left > 0) head.push({ first: range.first, last: range.first + left - 1 })
      return { head, rest: [{ first: range.first + left, last: range.last }, ...ranges.slice(index + 1)] }
    }
    head.push(range)
    left -= size
  }
  return { head, rest: [] }
}

/** RFC 3501 sequence-set, e.g. `1:3,7`. */
export function formatUidSet(ranges: readonly UidRange[]): string {
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join(',')
}

/**
 * Parses a uid-set of a server's answer, in the server's order (RFC 4315 §3: APPENDUID pairs by order; `9:7` means 7:9).
 * Returns undefined for anything else, zero and `*` included.
 */
export function parseUidSet(text: string): UidRange[] | undefined {
  const ranges: UidRange[] = []
  for (const part of text.split(',')) {
    const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part)
    if (match === null) return undefined
    const a = Number(match[1])
    const b = match[2] === undefined ? a : Number(match[2])
    if (a < 1 || b < 1 || a > 0xffff_ffff || b > 0xffff_ffff) return undefined
    ranges.push({ first: Math.min(a, b), last: Math.max(a, b) })
  }
  return ranges
}
