import { subtract, toRanges } from './ranges.ts'
import type { PairRun, UidRange } from './state.ts'

// Lists of pair runs, sorted by source UID, as pure functions: what an implementation of SyncState needs.

/** The runs without the pairs whose source (or target) UID is in `uids`; runs are split where necessary. */
export function removePairs(
  runs: readonly PairRun[],
  side: 'source' | 'target',
  uids: readonly UidRange[],
): PairRun[] {
  if (uids.length === 0) return [...runs]
  return runs.flatMap((run) => {
    const start = run[side]
    return subtract([{ first: start, last: start + run.count - 1 }], uids).map((kept) => ({
      ...run,
      source: run.source + kept.first - start,
      target: run.target + kept.first - start,
      count: kept.last - kept.first + 1,
    }))
  })
}

/** The pairs whose source (or target) UID is in `uids`. */
export function keepPairs(
  runs: readonly PairRun[],
  side: 'source' | 'target',
  uids: readonly UidRange[],
): PairRun[] {
  return runs.flatMap((run) => {
    const whole = [{ first: run[side], last: run[side] + run.count - 1 }]
    return removePairs([run], side, subtract(whole, uids))
  })
}

/** Adds pairs; older ones of the same source or target UIDs give way. The result is sorted by source UID and joined. */
export function addPairs(runs: readonly PairRun[], added: readonly PairRun[]): PairRun[] {
  const sources = toRanges(added.map((run) => ({ first: run.source, last: run.source + run.count - 1 })))
  const targets = toRanges(added.map((run) => ({ first: run.target, last: run.target + run.count - 1 })))
  const kept = removePairs(removePairs(runs, 'source', sources), 'target', targets)
  return joinRuns([...kept, ...added])
}

/** Sorts by source UID and makes one run of those that continue each other. */
export function joinRuns(runs: readonly PairRun[]): PairRun[] {
  const joined: PairRun[] = []
  for (const run of [...runs].toSorted((a, b) => a.source - b.source)) {
    const last = joined.at(-1)
    if (last !== undefined && continues(last, run))
      joined[joined.length - 1] = { ...last, count: last.count + run.count }
    else joined.push(run)
  }
  return joined
}

function continues(run: PairRun, next: PairRun): boolean {
  return (
    run.source + run.count === next.source &&
    run.target + run.count === next.target &&
    run.flags === next.flags &&
    run.origin === next.origin
  )
}

/** Source UIDs of pair runs, as ranges in the runs' order. */
export function sourcesOf(runs: readonly PairRun[]): UidRange[] {
  return runs.map((run) => ({ first: run.source, last: run.source + run.count - 1 }))
}

/** Target UIDs of pair runs, as ranges in the runs' order. */
export function targetsOf(runs: readonly PairRun[]): UidRange[] {
  return runs.map((run) => ({ first: run.target, last: run.target + run.count - 1 }))
}
