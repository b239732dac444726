import { addPairs, type PairRun, removePairs, type UidRange } from '@iteg/imap-sync'
import type { LedgerDatabase, LedgerTransaction, SyncRunKind } from './schema.ts'

// The run-length map of one folder. A change reads and writes only the rows around it, so that a batch costs what the
// batch is, not what the folder is. What a change means is imap-sync's own functions, applied to these rows.

/** Rows a statement: far below SQLite's limit on parameters, and few different statements to prepare. */
const ROWS_AT_ONCE = 100

/** A range of UIDs as a run, for the kinds that have only one side. */
export function asRun(range: UidRange): PairRun {
  return {
    source: range.first,
    target: range.first,
    count: range.last - range.first + 1,
    flags: '',
    origin: 'found',
  }
}

export function asRange(run: PairRun): UidRange {
  return { first: run.source, last: run.source + run.count - 1 }
}

/** Sorts ranges, and makes one of those that overlap or touch. */
export function normalRanges(ranges: readonly UidRange[]): UidRange[] {
  const merged: { first: number; last: number }[] = []
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const previous = merged.at(-1)
    if (previous !== undefined && first <= previous.last + 1) previous.last = Math.max(previous.last, last)
    else merged.push({ first, last })
  }
  return merged
}

export async function readRuns(
  db: LedgerDatabase | LedgerTransaction,
  folderId: number,
  kind: SyncRunKind,
): Promise<PairRun[]> {
  return runsOf(db, folderId, kind).orderBy('source').execute()
}

/** Adds runs (disjoint among themselves); older ones of the same UIDs give way. */
export async function addRuns(
  trx: LedgerTransaction,
  folderId: number,
  kind: SyncRunKind,
  added: readonly PairRun[],
): Promise<void> {
  if (added.length === 0) return
  const bySource = await around(trx, folderId, kind, 'source', span(added, 'source'))
  const byTarget = kind === 'pair' ? await around(trx, folderId, kind, 'target', span(added, 'target')) : []
  const before = unique([...bySource, ...byTarget])
  await replaceRuns(trx, folderId, kind, before, addPairs(before, added))
}

/** Forgets the given UIDs of one side; `uids` sorted and disjoint. */
export async function removeRuns(
  trx: LedgerTransaction,
  folderId: number,
  kind: SyncRunKind,
  side: 'source' | 'target',
  uids: readonly UidRange[],
): Promise<void> {
  const first = uids[0]
  const last = uids.at(-1)
  if (first === undefined || last === undefined) return
  const before = await around(trx, folderId, kind, side, { first: first.first, last: last.last })
  await replaceRuns(trx, folderId, kind, before, removePairs(before, side, uids))
}

export async function clearRuns(
  trx: LedgerTransaction,
  folderId: number,
  kinds: readonly SyncRunKind[],
): Promise<void> {
  await trx.deleteFrom('sync_runs').where('folder_id', '=', folderId).where('kind', 'in', kinds).execute()
}

function runsOf(db: LedgerDatabase | LedgerTransaction, folderId: number, kind: SyncRunKind) {
  return db
    .selectFrom('sync_runs')
    .select(['source', 'target', 'count', 'flags', 'origin'])
    .where('folder_id', '=', folderId)
    .where('kind', '=', kind)
}

/** The rows that overlap or touch a span: the last one that starts before it, and all that start in it or right behind it. */
async function around(
  trx: LedgerTransaction,
  folderId: number,
  kind: SyncRunKind,
  side: 'source' | 'target',
  range: UidRange,
): Promise<PairRun[]> {
  const before = runsOf(trx, folderId, kind).where(side, '<', range.first).orderBy(side, 'desc').limit(1)
  const within = runsOf(trx, folderId, kind)
    .where(side, '>=', range.first)
    .where(side, '<=', range.last + 1)
  return [...(await before.execute()), ...(await within.execute())]
}

function span(runs: readonly PairRun[], side: 'source' | 'target'): UidRange {
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const run of runs) {
    first = Math.min(first, run[side])
    last = Math.max(last, run[side] + run.count - 1)
  }
  return { first, last }
}

function unique(runs: readonly PairRun[]): PairRun[] {
  return [...new Map(runs.map((run) => [run.source, run])).values()]
}

async function replaceRuns(
  trx: LedgerTransaction,
  folderId: number,
  kind: SyncRunKind,
  before: readonly PairRun[],
  after: readonly PairRun[],
): Promise<void> {
  const kept = new Set(after.map(identity))
  const known = new Set(before.map(identity))
  const gone = before.filter((run) => !kept.has(identity(run))).map((run) => run.source)
  const fresh = after.filter((run) => !known.has(identity(run)))
  for (const sources of chunks(gone))
    await trx
      .deleteFrom('sync_runs')
      .where('folder_id', '=', folderId)
      .where('kind', '=', kind)
      .where('source', 'in', sources)
      .execute()
  for (const runs of chunks(fresh))
    await trx
      .insertInto('sync_runs')
      .values(runs.map((run) => ({ folder_id: folderId, kind, ...run })))
      .execute()
}

function identity(run: PairRun): string {
  return `${run.source} ${run.target} ${run.count} ${run.origin} ${run.flags}`
}

function* chunks<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += ROWS_AT_ONCE) yield items.slice(at, at + ROWS_AT_ONCE)
}
