import { subscribe } from '../commands/folders.ts'
import { MirrorTarget, unsubscribe } from '../commands/mirror-target.ts'
import type { FolderListing, FolderMapEntry } from '../folders/types.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'

export interface SubscriptionPlan {
  readonly add: readonly FolderMapEntry[]
  readonly remove: readonly FolderMapEntry[]
}

/**
 * Makes the subscriptions of mapped folders what they are at the source: exact in `mirror`; in `additive` only folders that
 * were just made are subscribed. Folders that no source folder goes to are left alone. Pure.
 */
export function planSubscriptions(
  entries: readonly FolderMapEntry[],
  source: FolderListing,
  target: FolderListing,
  { mirror, created }: { readonly mirror: boolean; readonly created: ReadonlySet<string> },
): SubscriptionPlan {
  const atSource = new Map(source.folders.map((folder) => [folder.wire, folder]))
  const atTarget = new Map(target.folders.map((folder) => [folder.wire, folder]))
  const wanted = new Set(
    entries.flatMap((entry) =>
      atSource.get(entry.sourceWire)?.subscribed === true ? [entry.targetWire] : [],
    ),
  )
  const listed = entries.filter((entry) => atSource.has(entry.sourceWire))
  const unique = [...new Map(listed.map((entry) => [entry.targetWire, entry])).values()]
  const exists = (entry: FolderMapEntry) => created.has(entry.targetWire) || atTarget.has(entry.targetWire)
  const has = (entry: FolderMapEntry) => atTarget.get(entry.targetWire)?.subscribed === true
  return {
    add: unique.filter(
      (entry) =>
        wanted.has(entry.targetWire) &&
        !has(entry) &&
        exists(entry) &&
        (mirror || created.has(entry.targetWire)),
    ),
    remove: mirror ? unique.filter((entry) => !wanted.has(entry.targetWire) && has(entry)) : [],
  }
}

export async function applySubscriptions(
  run: Run,
  lane: Lane,
  plan: SubscriptionPlan,
  count: (entry: FolderMapEntry) => void,
): Promise<void> {
  const session = await lane.target.session()
  for (const entry of plan.add) {
    if (await subscribe(session, entry.targetWire)) count(entry)
    else complain(run, entry)
  }
  if (plan.remove.length === 0) return
  const target = MirrorTarget.open(session, run.phase)
  for (const entry of plan.remove) {
    if (await unsubscribe(target, entry.targetWire)) count(entry)
    else complain(run, entry)
  }
}

function complain(run: Run, entry: FolderMapEntry): void {
  run.find({
    code: 'subscriptionFailed',
    severity: 'yellow',
    folder: entry.target,
    message: `The subscription of ${entry.target} could not be changed.`,
  })
}
