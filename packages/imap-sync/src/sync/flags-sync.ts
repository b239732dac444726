import { fetchFlags } from '../commands/fetch-metadata.ts'
import { MirrorTarget } from '../commands/mirror-target.ts'
import { addSeen, storeFlags } from '../commands/store.ts'
import { isImapSyncError } from '../errors.ts'
import { PairIndex } from '../state/pair-index.ts'
import { joinRuns } from '../state/pairs.ts'
import { rangesOf } from '../state/ranges.ts'
import type { Checkpoint, FolderStatus, PairRun, StateChange, UidRange } from '../state/state.ts'
import { chooseFlags, flagsKey } from '../wire/flags.ts'
import type { FlagFix } from './folder-work.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'
import type { ScannedFolder } from './scan.ts'

const everything: readonly UidRange[] = [{ first: 1, last: 0xffff_ffff }]

/**
 * Finds pairs whose flags have to be corrected on the target (mirror). With CONDSTORE both servers name only what
 * changed since the checkpoint; without, all flags are listed.
 */
export async function findFlagFixes(
  run: Run,
  lane: Lane,
  folder: ScannedFolder,
  targetStatus: FolderStatus | undefined,
): Promise<void> {
  const { kept } = folder.diff
  if (kept.length === 0) return
  const { checkpoint } = folder.state
  const fixed = new Set(folder.flagFixes.map(({ source }) => source))
  await changedAtSource(lane, folder, checkpoint, (pair, flags) => {
    const wanted = chooseFlags(flags, folder.target.permanentFlags).flags
    if (flagsKey(wanted) === pair.flags) return
    fixed.add(pair.source)
    folder.flagFixes.push({ source: pair.source, target: pair.target, origin: pair.origin, flags: wanted })
  })
  const since = changedSince(checkpoint?.target, targetStatus)
  if (since === 'nothing') return
  const byTarget = new PairIndex(kept, 'target')
  const { session } = await lane.target.folder(folder.target.wire, 'SELECT')
  await fetchFlags(session, everything, since, (uid, flags) => {
    const pair = byTarget.find(uid)
    if (pair === undefined || flagsKey(flags) === pair.flags || fixed.has(pair.source)) return
    // What we last wrote is what the source has, or the source would have been named above.
    const wanted = pair.flags === '' ? [] : pair.flags.split(' ')
    folder.flagFixes.push({ source: pair.source, target: pair.target, origin: pair.origin, flags: wanted })
  })
}

/** `additive`: what was read on the old server meanwhile, where the copy still has the flags that we gave it. */
export async function markSeen(run: Run, lane: Lane, folder: ScannedFolder): Promise<void> {
  const { kept } = folder.diff
  const candidates: PairRun[] = []
  if (kept.length === 0) return
  await changedAtSource(lane, folder, folder.state.checkpoint, (pair, flags) => {
    const seen = flags.some((flag) => flag.toLowerCase() === '\\seen')
    if (seen && !pair.flags.split(' ').includes('\\seen')) candidates.push(pair)
  })
  if (candidates.length === 0) return
  const { session } = await lane.target.folder(folder.target.wire, 'SELECT')
  const byTarget = new PairIndex(candidates, 'target')
  const untouched: PairRun[] = []
  await fetchFlags(session, rangesOf(candidates.map(({ target }) => target)), undefined, (uid, flags) => {
    const pair = byTarget.find(uid)
    if (pair !== undefined && flagsKey(flags) === pair.flags) untouched.push(pair)
  })
  if (untouched.length === 0) return
  await addSeen(session, rangesOf(untouched.map(({ target }) => target)))
  const runs = untouched.map((pair) => ({
    ...pair,
    flags: flagsKey([...pair.flags.split(' ').filter((flag) => flag !== ''), '\\Seen']),
  }))
  await remember(run, folder, runs)
}

/** Writes the corrections that were found (mirror), folder open or not. */
export async function applyFlagFixes(run: Run, lane: Lane, folder: ScannedFolder): Promise<void> {
  const groups = new Map<string, FlagFix[]>()
  for (const fix of folder.flagFixes) {
    const key = flagsKey(fix.flags)
    groups.set(key, [...(groups.get(key) ?? []), fix])
  }
  if (groups.size === 0) return
  const { session } = await lane.target.folder(folder.target.wire, 'SELECT')
  const target = MirrorTarget.open(session, run.phase)
  // All on their way at once: they are of different messages.
  const stored = await Promise.allSettled(
    [...groups.values()].map(async (fixes) => {
      const wanted = fixes[0]?.flags ?? []
      const kept = await storeWhatIsKept(target, rangesOf(fixes.map(({ target: uid }) => uid)), wanted)
      if (kept.length < wanted.length) folder.tally.drop(wanted.filter((flag) => !kept.includes(flag)))
      const flags = flagsKey(kept)
      const pairs = fixes.map(({ source, target: uid, origin }) => ({
        source,
        target: uid,
        count: 1,
        flags,
        origin,
      }))
      // With the next commit: what is not remembered, the next run finds changed on the target, and looks at again.
      run.state.later([remembered(folder, pairs)])
      told(run, folder, pairs)
    }),
  )
  for (const result of stored) if (result.status === 'rejected') throw result.reason
  folder.flagFixes.length = 0
}

/** Stores flags; without keywords when the server refuses those. Resolves with what was stored. */
async function storeWhatIsKept(
  target: MirrorTarget,
  uids: readonly UidRange[],
  flags: readonly string[],
): Promise<readonly string[]> {
  try {
    await storeFlags(target, uids, flags)
    return flags
  } catch (error) {
    const system = flags.filter((flag) => flag.startsWith('\\'))
    if (!isImapSyncError(error) || error.code !== 'refused' || system.length === flags.length) throw error
    await storeFlags(target, uids, system)
    return system
  }
}

async function remember(run: Run, folder: ScannedFolder, pairs: readonly PairRun[]): Promise<void> {
  await run.state.commit([remembered(folder, pairs)])
  told(run, folder, pairs)
}

function remembered(folder: ScannedFolder, pairs: readonly PairRun[]): StateChange {
  return { kind: 'paired', source: folder.entry.sourceWire, runs: joinRuns(pairs) }
}

function told(run: Run, folder: ScannedFolder, pairs: readonly PairRun[]): void {
  folder.tally.changes.flags += pairs.length
  run.emit({ kind: 'changed', folder: folder.entry.target, what: 'flags', messages: pairs.length })
}

async function changedAtSource(
  lane: Lane,
  { entry, diff, sourceStatus }: ScannedFolder,
  checkpoint: Checkpoint | undefined,
  receive: (pair: PairRun, flags: readonly string[]) => void,
): Promise<void> {
  const since = changedSince(checkpoint?.source, sourceStatus)
  if (since === 'nothing') return
  const bySource = new PairIndex(diff.kept, 'source')
  const { session } = await lane.source.folder(entry.sourceWire, 'EXAMINE')
  await fetchFlags(session, everything, since, (uid, flags) => {
    const pair = bySource.find(uid)
    if (pair !== undefined) receive(pair, flags)
  })
}

/** The mod-sequence to ask from, undefined to ask for all, `nothing` when nothing changed since. */
function changedSince(before: FolderStatus | undefined, now: FolderStatus | undefined): string | undefined {
  if (before === undefined || now === undefined || before.uidValidity !== now.uidValidity) return undefined
  if (before.highestModseq === undefined || now.highestModseq === undefined) return undefined
  return before.highestModseq === now.highestModseq ? 'nothing' : before.highestModseq
}
