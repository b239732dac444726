import { joinRuns } from '../state/pairs.ts'
import { rangesOf } from '../state/ranges.ts'
import type { Intent, PairRun, StateChange } from '../state/state.ts'
import { formatInternalDate, isInFuture, type InternalDate } from '../wire/dates.ts'
import { chooseFlags, flagsKey } from '../wire/flags.ts'
import type { FolderWork } from './folder-work.ts'
import type { Lane } from './lane.ts'
import { recoverIntent } from './recover.ts'
import type { Run } from './run.ts'
import { pairsOf, type FoundMessage, type SentBatch, type SentMessage } from './send-batch.ts'

/** Remembers what the batch became, with the next commit. `uids` are the target UIDs of what was sent; empty when nothing was stored. */
export function settle(
  run: Run,
  work: FolderWork,
  intent: Intent,
  batch: SentBatch,
  uids: readonly number[],
): void {
  const { sourceWire: source } = work.entry
  const stored = uids.length === batch.sent.length ? batch.sent : []
  const copied = pairsOf(stored, uids)
  const found = batch.found.map((item) => foundPair(item))
  const runs = joinRuns([...copied, ...found])
  const paired: readonly StateChange[] = runs.length === 0 ? [] : [{ kind: 'paired', source, runs }]
  run.state.later([...paired, { kind: 'settled', id: intent.id }])
  work.target.stored(uids)
  countStored(run, work, stored)
  countFound(run, work, batch.found)
  for (const { rule } of batch.excluded) work.tally.exclude(rule)
  work.tally.fates.vanished += batch.vanished.length
}

function foundPair({ message, candidate }: FoundMessage): PairRun {
  const origin = candidate.ours ? 'copied' : 'found'
  return { source: message.uid, target: candidate.uid, count: 1, flags: candidate.flags, origin }
}

export function countStored(
  run: Run,
  { tally, entry, refusedInARow }: FolderWork,
  stored: readonly SentMessage[],
): void {
  if (stored.length === 0) return
  refusedInARow.length = 0
  const bytes = stored.reduce((sum, { size }) => sum + size, 0)
  tally.fates.copied += stored.length
  tally.bytesCopied += bytes
  for (const { dropped, message } of stored) {
    tally.drop(dropped)
    if (!isKept(message.date)) tally.datesReplaced += 1
  }
  run.emit({ kind: 'copied', folder: entry.target, messages: stored.length, bytes })
}

function isKept(date: InternalDate | undefined): boolean {
  return date !== undefined && !formatInternalDate(date).replaced && !isInFuture(date)
}

function countFound(
  run: Run,
  { tally, entry, target, flagFixes }: FolderWork,
  found: readonly FoundMessage[],
): void {
  if (found.length === 0) return
  tally.fates.alreadyThere += found.length
  run.emit({ kind: 'alreadyThere', folder: entry.target, messages: found.length })
  for (const { message, candidate } of found) {
    const { flags } = chooseFlags(message.flags, target.permanentFlags)
    if (flagsKey(flags) === candidate.flags) continue
    flagFixes.push({
      source: message.uid,
      target: candidate.uid,
      origin: candidate.ours ? 'copied' : 'found',
      flags,
    })
  }
}

/** OK, but no word of the UIDs: they are found by content; what cannot be found was stored all the same. */
export async function settleByLooking(
  run: Run,
  lane: Lane,
  work: FolderWork,
  intent: Intent,
  batch: SentBatch,
): Promise<void> {
  const pairs = await work.target.look((alone) =>
    lane.attempt(() => alone(() => recoverIntent(run, lane, intent, { mayComeLate: false }))),
  )
  const { sourceWire: source } = work.entry
  const known = new Set(sourcesIn(pairs))
  const unseen = batch.sent.filter(({ message }) => !known.has(message.uid)).map(({ message }) => message.uid)
  if (unseen.length > 0) await run.state.commit([{ kind: 'delivered', source, uids: rangesOf(unseen) }])
  work.target.stored(targetsIn(pairs))
  work.target.expected += unseen.length
  countStored(run, work, batch.sent)
  settle(run, work, intent, { ...batch, sent: [] }, [])
}

export function targetsIn(pairs: readonly PairRun[]): readonly number[] {
  return pairs.flatMap((pair) => Array.from({ length: pair.count }, (_, index) => pair.target + index))
}

export function sourcesIn(pairs: readonly PairRun[]): readonly number[] {
  return pairs.flatMap((pair) => Array.from({ length: pair.count }, (_, index) => pair.source + index))
}
