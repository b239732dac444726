import { fetchMetadata } from '../commands/fetch-metadata.ts'
import { countOf, toRanges, includes } from '../state/ranges.ts'
import type { FolderMessages } from '../state/state.ts'
import { flagsKey } from '../wire/flags.ts'
import { unclaimed } from './diff.ts'
import { hashMessages } from './hash-messages.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'
import type { FolderPlan } from './scan.ts'

/**
 * Mirror: whatever lies in a target folder without a pair may be a source message that is about to be copied: a first
 * run onto a target with mail, a lost memory, a new UIDVALIDITY. All of it is hashed; while copying, a message whose content is
 * there already claims it instead of being sent.
 */
export async function hashCandidates(run: Run, lane: Lane, plans: readonly FolderPlan[]): Promise<void> {
  const states = await run.state.folders()
  // What the scan read is still so where nothing was moved: what was forgotten since is not on the target.
  const moved = plans.some(({ scanned: { tally } }) => tally.changes.moved > 0)
  const scanned = new Map(
    moved ? [] : plans.map(({ scanned: { entry, known } }) => [entry.sourceWire, known] as const),
  )
  const byTarget = Map.groupBy(plans, (plan) => plan.scanned.target.wire)
  for (const [wire, group] of byTarget) {
    const [first] = group
    if (first === undefined || group.every(({ fresh }) => countOf(fresh) === 0)) continue
    const known = await Promise.all(
      states
        .filter(({ target }) => target === wire)
        .map(async ({ source }) => scanned.get(source) ?? run.state.messages(source)),
    )
    await hashFolder(run, lane, first, known)
  }
}

async function hashFolder(
  run: Run,
  lane: Lane,
  plan: FolderPlan,
  known: readonly FolderMessages[],
): Promise<void> {
  const { target, targetUids } = plan.scanned
  target.candidates.clear()
  const orphans = toRanges(known.flatMap((messages) => messages.orphans))
  const uids = toRanges([...unclaimed(targetUids, known), ...orphans])
  if (countOf(uids) === 0) return
  const { session } = await lane.target.folder(target.wire, 'SELECT')
  // At or above the floor of a batch that was given up for lost lies nothing but what we sent.
  const floors = (await run.state.intents())
    .filter((intent) => intent.target === target.wire && intent.targetUidValidity === target.uidValidity)
    .map(({ targetUidNext }) => targetUidNext)
  const ours = (uid: number) => includes(orphans, uid) || floors.some((floor) => uid >= floor)
  const metadata = new Map((await fetchMetadata(session, uids)).map((message) => [message.uid, message]))
  await hashMessages(session, uids, run, ({ uid, hash }) => {
    const message = metadata.get(uid)
    const flags = flagsKey(message?.flags ?? [])
    target.unclaim(hash, { uid, flags, date: message?.date?.seconds, ours: ours(uid) })
  })
}
