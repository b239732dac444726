import { isImapSyncError } from '../errors.ts'
import { folderRuleFor } from '../folders/exclude.ts'
import { readListing } from '../folders/listing.ts'
import type { FolderListing, FolderMapEntry, ListedFolder } from '../folders/types.ts'
import { sourcesOf, targetsOf } from '../state/pairs.ts'
import { countOf, includes, toRanges } from '../state/ranges.ts'
import type { FolderState, FolderStatus, StateChange } from '../state/state.ts'
import { settleKnownContent } from './additive.ts'
import { sourceIsPlausible, stateIsThere } from './brake.ts'
import { hashCandidates } from './candidates.ts'
import { isUnchanged, rememberedOf, rulesDigest } from './checkpoint.ts'
import { findFlagFixes, markSeen } from './flags-sync.ts'
import { folderVanished } from './folder-vanished.ts'
import type { Lane } from './lane.ts'
import { followMoves } from './moves.ts'
import { recoverIntent } from './recover.ts'
import type { Run } from './run.ts'
import { Scanner, type FolderPlan, type ScannedFolder } from './scan.ts'
import { Tally } from './tally.ts'

/** Both sides as they are, and what is to be done. */
export interface Prepared {
  readonly source: FolderListing
  readonly target: FolderListing
  readonly tallies: readonly Tally[]
  readonly plans: readonly FolderPlan[]
}

/**
 * Settles what an earlier run left in doubt, lists both sides, compares, and does what can be done without sending messages.
 * Repeatable: after a lost connection it begins anew. Undefined when a red finding forbids to go on.
 */
export async function prepare(run: Run, lane: Lane): Promise<Prepared | undefined> {
  const until = performance.now() + run.settleMs
  const intents = await run.state.intents()
  const list = async (side: 'source' | 'target'): Promise<FolderListing> =>
    readListing(await lane[side].session())
  const [source, early] = await Promise.all([
    list('source'),
    // What is in doubt has to be settled before the target is looked at.
    intents.length === 0 ? list('target') : undefined,
  ])
  await run.mapFolders(source)
  for (const intent of intents) await recoverIntent(run, lane, intent, { mayComeLate: true, until })
  const target = early ?? (await list('target'))
  if (!(await stateIsThere(run)) || !(await sourceIsPlausible(run, source))) return undefined
  const { tallies, plans } = await scanAll(run, lane, source, target)
  for (const plan of plans) await settleScanned(run, plan)
  if (run.phase === 'mirror') {
    await followMoves(run, lane, plans)
    await hashCandidates(run, lane, plans)
  } else {
    await settleKnownContent(run, lane, plans, {
      source: mailWires(source, excludedWires(run)),
      target: mailWires(target),
    })
  }
  return { source, target, tallies, plans }
}

function mailWires(listing: FolderListing, without: ReadonlySet<string> = new Set()): readonly string[] {
  return listing.folders
    .filter(({ selectable, wire }) => selectable && !without.has(wire))
    .map(({ wire }) => wire)
}

function excludedWires({ mailbox: { exclude = [] }, folderMap }: Run): ReadonlySet<string> {
  return new Set(
    folderMap.entries
      .filter((entry) => folderRuleFor(exclude, entry) !== undefined)
      .map(({ sourceWire }) => sourceWire),
  )
}

async function scanAll(
  run: Run,
  lane: Lane,
  source: FolderListing,
  target: FolderListing,
): Promise<{ readonly tallies: readonly Tally[]; readonly plans: readonly FolderPlan[] }> {
  const scanner = new Scanner(run, lane)
  const states = new Map((await run.state.folders()).map((state) => [state.source, state]))
  const targets = new Map(target.folders.map((folder) => [folder.wire, folder]))
  const entries = new Map(run.folderMap.entries.map((entry) => [entry.sourceWire, entry]))
  const tallies: Tally[] = []
  const plans: FolderPlan[] = []
  for (const folder of source.folders) {
    if (!folder.selectable) continue
    run.signal?.throwIfAborted()
    const entry = entries.get(folder.wire)
    if (entry === undefined) {
      reportUnmapped(run, folder)
      continue
    }
    const tally = new Tally(entry)
    tallies.push(tally)
    const rule = folderRuleFor(run.mailbox.exclude ?? [], entry)
    if (rule !== undefined) {
      // Not opened: it may be one that the server lists and never opens.
      tally.exists = folder.status?.messages ?? 0
      tally.exclude(rule.name, tally.exists)
      continue
    }
    const targetStatus = targets.get(entry.targetWire)?.status
    const before = states.get(folder.wire)
    if (before !== undefined && (await countUnchanged(run, tally, before, folder.status, targetStatus)))
      continue
    const scanned = await scanOne(run, lane, scanner, tally, folder, before, targetStatus)
    if (scanned !== undefined)
      plans.push({ scanned, fresh: scanned.diff.fresh, gone: scanned.diff.gone, disappeared: false })
  }
  const listed = new Set(source.folders.filter(({ selectable }) => selectable).map(({ wire }) => wire))
  for (const before of run.phase === 'mirror' ? states.values() : []) {
    if (listed.has(before.source)) continue
    const tally = new Tally(entries.get(before.source) ?? unknownEntry(before))
    const scanned = await scanner.scanDisappeared(tally, before)
    if (scanned === undefined) continue
    tallies.push(tally)
    plans.push({ scanned, fresh: [], gone: scanned.diff.gone, disappeared: true })
  }
  return { tallies, plans }
}

function unknownEntry({ source, target }: FolderState): FolderMapEntry {
  return { source, sourceWire: source, target, targetWire: target, selectable: true }
}

function reportUnmapped(run: Run, folder: ListedFolder): void {
  const left = run.folderMap.leftOut.find(({ sourceWire }) => sourceWire === folder.wire)
  const messages = folder.status?.messages ?? 0
  run.find(
    left === undefined
      ? {
          code: 'folderUnmapped',
          severity: 'yellow',
          folder: folder.name,
          count: messages,
          message: `${folder.name} (${messages} messages) is new on the old server and not in the folder map; it was not copied.`,
          remedy: 'Survey again, which adds it to the map, then copy again.',
        }
      : {
          code: 'folderLeftOut',
          severity: 'info',
          folder: folder.name,
          count: messages,
          message: `${folder.name} is left out: ${left.reason === 'virtual' ? 'it only shows mail of other folders' : 'it belongs to somebody else'}.`,
        },
  )
}

/** Fills the tally from memory when neither side has changed since the checkpoint. */
async function countUnchanged(
  run: Run,
  tally: Tally,
  before: FolderState,
  source: FolderStatus | undefined,
  target: FolderStatus | undefined,
): Promise<boolean> {
  const { checkpoint } = before
  const rules = rulesDigest(run.mailbox.exclude ?? [])
  if (checkpoint === undefined || !isUnchanged(before, { source, target }, rules, run.phase)) return false
  const { count, setAside } = await rememberedOf(run.state, before.source, checkpoint)
  if (run.mailbox.retrySetAside === true && setAside.length > 0) return false
  if (count !== checkpoint.source.messages) return false
  tally.unchanged = true
  tally.exists = checkpoint.source.messages
  tally.fates.setAside = setAside.length
  tally.setAside.push(...setAside)
  for (const [rule, excluded] of Object.entries(checkpoint.excluded)) tally.exclude(rule, excluded)
  tally.fates.alreadyThere = tally.exists - tally.fates.setAside - tally.fates.excluded
  return true
}

const patience = 2

/** Scans a folder and its flags. One that cannot be opened fails alone. */
async function scanOne(
  run: Run,
  lane: Lane,
  scanner: Scanner,
  tally: Tally,
  folder: ListedFolder,
  before: FolderState | undefined,
  targetStatus: FolderStatus | undefined,
): Promise<ScannedFolder | undefined> {
  try {
    const scanned = await scanner.scan(tally, folder.status ?? noStatus, before, targetStatus)
    if (scanned === undefined) {
      tally.exists = folder.status?.messages ?? 0
      folderVanished(run, tally, tally.exists)
      return undefined
    }
    tally.exists = countOf(scanned.source)
    if (run.phase === 'mirror') await findFlagFixes(run, lane, scanned, targetStatus)
    else await markSeen(run, lane, scanned)
    return scanned
  } catch (error) {
    const mine = isImapSyncError(error) && ['refused', 'folderMissing'].includes(error.code)
    if (!mine) throw error
    // What time may heal is tried again from the start, but a folder that is never opened must not stop the others.
    const refusals = (run.refusals.get(folder.wire) ?? 0) + 1
    run.refusals.set(folder.wire, refusals)
    if (error.retryable && refusals <= patience) throw error
    tally.failed = true
    tally.exists = folder.status?.messages ?? 0
    run.find({
      code: 'folderFailed',
      severity: 'yellow',
      folder: folder.name,
      message: `${folder.name} could not be copied: ${error.message}`,
      remedy: 'Copy again when the reason is gone.',
    })
    return undefined
  }
}

const noStatus: FolderStatus = { uidValidity: 0, uidNext: 0, messages: 0 }

/** Counts what needs nothing more, and forgets what is no longer true. */
async function settleScanned(run: Run, { scanned }: FolderPlan): Promise<void> {
  const { diff, tally, known, entry } = scanned
  const { sourceWire: source } = entry
  const changes: StateChange[] = []
  if (diff.lost.length > 0) {
    changes.push({ kind: 'unpaired', source, targets: toRanges(targetsOf(diff.lost)) })
    const count = countOf(toRanges(sourcesOf(diff.lost)))
    run.find({
      code: 'refilled',
      severity: 'info',
      folder: entry.target,
      count,
      message: `${count} copies had vanished from ${entry.target}; they are copied again.`,
    })
  }
  const retried =
    run.mailbox.retrySetAside === true
      ? toRanges(known.setAside.map(({ uid }) => ({ first: uid, last: uid })))
      : []
  const dropped = toRanges([...diff.obsolete, ...retried])
  if (dropped.length > 0) changes.push({ kind: 'dropped', source, uids: dropped })
  if (changes.length > 0) await run.state.commit(changes)
  const kept = countOf(toRanges(sourcesOf(diff.kept)))
  tally.fates.alreadyThere += kept + countOf(diff.delivered)
  const aside = known.setAside.filter(({ uid }) => includes(diff.setAside, uid))
  tally.fates.setAside += aside.length
  tally.setAside.push(...aside)
}
