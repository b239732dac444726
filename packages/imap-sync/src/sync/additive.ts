import { fetchIndex, messageIdOf } from '../commands/fetch-index.ts'
import { ifMissing } from '../errors.ts'
import { countOf, includes, rangesOf, subtract } from '../state/ranges.ts'
import type { UidRange } from '../state/state.ts'
import { hashMessages } from './hash-messages.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'
import type { FolderPlan } from './scan.ts'

interface FreshMessage {
  readonly plan: FolderPlan
  readonly uid: number
  readonly hash: string
}

/** What the messages in question look like, to find others like them without reading everything. */
interface Wanted {
  readonly messageIds: ReadonlySet<string>
  readonly sizes: ReadonlySet<number>
  readonly hashes: ReadonlySet<string>
}

/** Everything a side holds; wire names of its folders. */
export interface SideFolders {
  readonly source: readonly string[]
  readonly target: readonly string[]
}

const everything: readonly UidRange[] = [{ first: 1, last: 0xffff_ffff }]

/**
 * `additive`: a message without a pair was moved in the old mailbox, or came late. It is counted by content over the whole of both
 * mailboxes: where the target holds as many as the source does, it is there already, in whatever folder its owner put it.
 */
export async function settleKnownContent(
  run: Run,
  lane: Lane,
  plans: readonly FolderPlan[],
  folders: SideFolders,
): Promise<void> {
  const open = plans.filter(({ fresh }) => countOf(fresh) > 0)
  if (open.length === 0) return
  const { fresh, wanted } = await readFresh(run, lane, open)
  const known = Map.groupBy(fresh, ({ plan }) => plan.scanned.entry.sourceWire)
  const atTarget = await countContent(run, lane, 'target', folders.target, wanted, new Map())
  const hashed = new Map(
    [...known].map(([wire, messages]) => [wire, rangesOf(messages.map(({ uid }) => uid))]),
  )
  const atSource = await countContent(run, lane, 'source', folders.source, wanted, hashed)
  for (const { hash } of fresh) atSource.set(hash, (atSource.get(hash) ?? 0) + 1)

  const there = new Map<FolderPlan, number[]>()
  for (const [hash, messages] of Map.groupBy(fresh, (message) => message.hash)) {
    const missing = Math.max(0, (atSource.get(hash) ?? 0) - (atTarget.get(hash) ?? 0))
    const present = Math.max(0, messages.length - missing)
    for (const { plan, uid } of messages.slice(0, present)) there.set(plan, [...(there.get(plan) ?? []), uid])
  }
  for (const [plan, uids] of there) {
    const ranges = rangesOf(uids)
    await run.state.commit([{ kind: 'delivered', source: plan.scanned.entry.sourceWire, uids: ranges }])
    plan.fresh = subtract(plan.fresh, ranges)
    plan.scanned.tally.fates.alreadyThere += uids.length
    run.emit({ kind: 'alreadyThere', folder: plan.scanned.entry.target, messages: uids.length })
  }
}

async function readFresh(
  run: Run,
  lane: Lane,
  plans: readonly FolderPlan[],
): Promise<{ readonly fresh: readonly FreshMessage[]; readonly wanted: Wanted }> {
  const fresh: FreshMessage[] = []
  const messageIds = new Set<string>()
  const sizes = new Set<number>()
  for (const plan of plans) {
    const { session } = await lane.source.folder(plan.scanned.entry.sourceWire, 'EXAMINE')
    await fetchIndex(session, plan.fresh, ({ size }) => sizes.add(size))
    await hashMessages(session, plan.fresh, run, ({ uid, hash, size, head }) => {
      fresh.push({ plan, uid, hash })
      sizes.add(size)
      messageIds.add(messageIdOf(head))
    })
  }
  return { fresh, wanted: { messageIds, sizes, hashes: new Set(fresh.map(({ hash }) => hash)) } }
}

/** How often each wanted content lies in these folders, messages in `except` not counted. */
async function countContent(
  run: Run,
  lane: Lane,
  side: 'source' | 'target',
  wires: readonly string[],
  wanted: Wanted,
  except: ReadonlyMap<string, readonly UidRange[]>,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  for (const wire of wires) {
    const opened = await lane[side]
      .folder(wire, side === 'source' ? 'EXAMINE' : 'SELECT', { fresh: true })
      .catch(ifMissing)
    if (opened === undefined || opened.folder.exists === 0) continue
    const skip = except.get(wire) ?? []
    const candidates: number[] = []
    await fetchIndex(opened.session, everything, ({ uid, size, messageId }) => {
      const alike = wanted.messageIds.has(messageId) || wanted.sizes.has(size)
      if (alike && !includes(skip, uid)) candidates.push(uid)
    })
    await hashMessages(opened.session, rangesOf(candidates), run, ({ hash }) => {
      if (wanted.hashes.has(hash)) counts.set(hash, (counts.get(hash) ?? 0) + 1)
    })
  }
  return counts
}
