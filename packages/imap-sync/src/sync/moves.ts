import { randomUUID } from 'node:crypto'
import { fetchMetadata, type MessageMetadata } from '../commands/fetch-metadata.ts'
import { MirrorTarget, move } from '../commands/mirror-target.ts'
import { PairIndex } from '../state/pair-index.ts'
import { joinRuns, removePairs } from '../state/pairs.ts'
import { countOf, rangesOf, subtract, toRanges } from '../state/ranges.ts'
import { targetsOf } from '../state/pairs.ts'
import type { Intent, PairRun, StateChange } from '../state/state.ts'
import { chooseFlags, flagsKey } from '../wire/flags.ts'
import { hashMessages } from './hash-messages.ts'
import type { Lane } from './lane.ts'
import { recoverIntent } from './recover.ts'
import type { Run } from './run.ts'
import type { FolderPlan } from './scan.ts'

/** Beyond these numbers it is no longer a user tidying up: copying is as good, and needs less memory. */
const maxGone = 20_000
const maxFresh = 50_000

interface Moved {
  readonly from: FolderPlan
  readonly to: FolderPlan
  /** The pair that was; its target message is the one that moves. */
  readonly pair: PairRun
  readonly message: MessageMetadata
}

/**
 * Messages that disappeared from one source folder and appeared in another are moved on the target too, when their
 * content proves to be the same (mirror). Candidates have the same INTERNALDATE; only the hash decides.
 */
export async function followMoves(run: Run, lane: Lane, plans: readonly FolderPlan[]): Promise<void> {
  const { capabilities } = await lane.target.session()
  if (!capabilities.has('MOVE')) return
  const goneCount = plans.reduce((sum, { gone }) => sum + countOf(targetsOf(gone)), 0)
  const freshCount = plans.reduce((sum, { fresh }) => sum + countOf(fresh), 0)
  if (goneCount === 0 || freshCount === 0 || goneCount > maxGone || freshCount > maxFresh) return
  const groups = new Map<FolderPlan, Map<FolderPlan, Moved[]>>()
  for (const moved of await findMoves(run, lane, plans)) {
    if (moved.from.scanned.entry.role === 'junk' || moved.to.scanned.entry.role === 'junk') continue
    const byTarget = groups.get(moved.from) ?? new Map<FolderPlan, Moved[]>()
    byTarget.set(moved.to, [...(byTarget.get(moved.to) ?? []), moved])
    groups.set(moved.from, byTarget)
  }
  for (const byTarget of groups.values())
    for (const group of byTarget.values()) await applyMoves(run, lane, group)
}

async function findMoves(run: Run, lane: Lane, plans: readonly FolderPlan[]): Promise<readonly Moved[]> {
  const gone: { readonly plan: FolderPlan; readonly pair: PairRun; readonly date: number }[] = []
  const fresh: { readonly plan: FolderPlan; readonly message: MessageMetadata; readonly date: number }[] = []
  for (const plan of plans) {
    const { scanned } = plan
    if (plan.gone.length > 0) {
      const { session } = await lane.target.folder(scanned.target.wire, 'SELECT')
      const index = new PairIndex(plan.gone, 'target')
      for (const { uid, date } of await fetchMetadata(session, toRanges(targetsOf(plan.gone)))) {
        const pair = index.find(uid)
        if (pair !== undefined && date !== undefined) gone.push({ plan, pair, date: date.seconds })
      }
    }
    if (countOf(plan.fresh) > 0) {
      const { session } = await lane.source.folder(scanned.entry.sourceWire, 'EXAMINE')
      for (const message of await fetchMetadata(session, plan.fresh))
        if (message.date !== undefined) fresh.push({ plan, message, date: message.date.seconds })
    }
  }
  const goneDates = new Set(gone.map(({ date }) => date))
  const candidates = fresh.filter(({ date }) => goneDates.has(date))
  const freshDates = new Set(candidates.map(({ date }) => date))
  const targets = gone.filter(({ date }) => freshDates.has(date))

  // Twins of different dates are different messages here.
  const dates = new Map(targets.map(({ pair, date }) => [pair, date]))
  const byHash = new Map<string, { plan: FolderPlan; pair: PairRun }[]>()
  for (const plan of plans) {
    const mine = targets.filter((item) => item.plan === plan)
    if (mine.length === 0) continue
    const pairs = new Map(mine.map(({ pair }) => [pair.target, pair]))
    const { session } = await lane.target.folder(plan.scanned.target.wire, 'SELECT')
    await hashMessages(session, rangesOf(pairs.keys()), run, ({ uid, hash }) => {
      const pair = pairs.get(uid)
      if (pair === undefined) return
      const key = `${hash} ${dates.get(pair) ?? ''}`
      byHash.set(key, [...(byHash.get(key) ?? []), { plan, pair }])
    })
  }
  const moves: Moved[] = []
  for (const plan of plans) {
    const mine = candidates.filter((item) => item.plan === plan)
    if (mine.length === 0) continue
    const messages = new Map(mine.map(({ message }) => [message.uid, message]))
    const { session } = await lane.source.folder(plan.scanned.entry.sourceWire, 'EXAMINE')
    await hashMessages(session, rangesOf(messages.keys()), run, ({ uid, hash }) => {
      const message = messages.get(uid)
      const match = byHash.get(`${hash} ${message?.date?.seconds ?? ''}`)?.shift()
      if (message !== undefined && match !== undefined)
        moves.push({ from: match.plan, to: plan, pair: match.pair, message })
    })
  }
  return moves
}

/** Moves of one folder into one other. */
async function applyMoves(run: Run, lane: Lane, moves: readonly Moved[]): Promise<void> {
  const [first] = moves
  if (first === undefined) return
  const { from, to } = first
  const same = from.scanned.target.wire === to.scanned.target.wire
  const pairs = same
    ? moves.map((item) => pairFor(item, item.pair.target))
    : await moveOnTarget(run, lane, from, to, moves)
  const moved = new Map(pairs.map((pair) => [pair.source, pair]))
  const done = moves.filter(({ message }) => moved.has(message.uid))
  from.gone = removePairs(from.gone, 'target', rangesOf(done.map(({ pair }) => pair.target)))
  to.fresh = subtract(to.fresh, rangesOf(moved.keys()))
  const leaving: StateChange = {
    kind: 'unpaired',
    source: from.scanned.entry.sourceWire,
    targets: rangesOf(done.map(({ pair }) => pair.target)),
  }
  if (same) {
    await run.state.commit([
      leaving,
      { kind: 'paired', source: to.scanned.entry.sourceWire, runs: joinRuns(pairs) },
    ])
  } else {
    await run.state.commit([leaving])
    from.scanned.target.expected -= done.length
    to.scanned.target.stored(pairs.map(({ target }) => target))
  }
  to.scanned.tally.fates.alreadyThere += done.length
  to.scanned.tally.changes.moved += done.length
  run.emit({ kind: 'changed', folder: to.scanned.entry.target, what: 'moved', messages: done.length })
  for (const { message } of done) {
    const pair = moved.get(message.uid)
    const { flags } = chooseFlags(message.flags, to.scanned.target.permanentFlags)
    if (pair === undefined || flagsKey(flags) === pair.flags) continue
    to.scanned.flagFixes.push({ source: pair.source, target: pair.target, origin: pair.origin, flags })
  }
}

function pairFor({ pair, message }: Moved, target: number): PairRun {
  return { source: message.uid, target, count: 1, flags: pair.flags, origin: pair.origin }
}

/** MOVE with the same care as APPEND: intent before, pairs after, and a look when the answer does not tell. */
async function moveOnTarget(
  run: Run,
  lane: Lane,
  from: FolderPlan,
  to: FolderPlan,
  moves: readonly Moved[],
): Promise<readonly PairRun[]> {
  const source = to.scanned.entry.sourceWire
  const intent: Intent = {
    id: randomUUID(),
    source,
    target: to.scanned.target.wire,
    targetUidValidity: to.scanned.target.uidValidity,
    targetUidNext: to.scanned.target.uidNext,
    uids: rangesOf(moves.map(({ message }) => message.uid)),
  }
  const { session } = await lane.target.folder(from.scanned.target.wire, 'SELECT')
  const target = MirrorTarget.open(session, run.phase)
  await run.state.commit([{ kind: 'intent', intent }])
  const uids = rangesOf(moves.map(({ pair }) => pair.target))
  const told = await move(target, uids, to.scanned.target.wire)
  if (told === undefined) {
    const found = await recoverIntent(run, lane, intent, { mayComeLate: false })
    return found.flatMap((pair) =>
      Array.from({ length: pair.count }, (_, index) => ({
        ...pair,
        source: pair.source + index,
        target: pair.target + index,
        count: 1,
      })),
    )
  }
  const places = new Map(told.map(({ from: before, to: after }) => [before, after]))
  const pairs = moves.flatMap((item) => {
    const place = places.get(item.pair.target)
    return place === undefined ? [] : [pairFor(item, place)]
  })
  await run.state.commit([
    { kind: 'paired', source, runs: joinRuns(pairs) },
    { kind: 'settled', id: intent.id },
  ])
  return pairs
}
