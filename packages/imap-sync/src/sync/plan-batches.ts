import { fetchMetadata, type MessageMetadata } from '../commands/fetch-metadata.ts'
import { ifMissing } from '../errors.ts'
import { countOf, splitAt } from '../state/ranges.ts'
import { folderVanished } from './folder-vanished.ts'
import type { Batch } from './folder-work.ts'
import type { Lane } from './lane.ts'
import type { ExcludeRule } from './options.ts'
import type { Run } from './run.ts'
import type { FolderPlan } from './scan.ts'
import { wholeUpTo } from './hash-messages.ts'

/** Metadata held at once by a mailbox: half a kilobyte each with its flags, and several mailboxes are copied at once. */
const maxPlanned = 12_000

/** The batches of one folder, in the order of its messages. */
export interface Chain {
  readonly plan: FolderPlan
  readonly batches: Batch[]
}

/**
 * Takes the next messages to copy out of the plans, reads what they are, applies the rules and cuts them into batches.
 * Empty when nothing is left. Repeatable after a lost connection: a plan shrinks only when its messages were read.
 */
export async function planBatches(
  run: Run,
  lane: Lane,
  plans: readonly FolderPlan[],
): Promise<readonly Chain[]> {
  const chains: Chain[] = []
  let room = maxPlanned
  for (const plan of plans) {
    if (room <= 0) break
    const { entry, tally } = plan.scanned
    const total = countOf(plan.fresh)
    if (total === 0) continue
    const { head, rest } = splitAt(plan.fresh, room)
    const wanted = countOf(head)
    const messages = await lane.attempt(async () => {
      const opened = await lane.source.folder(entry.sourceWire, 'EXAMINE').catch(ifMissing)
      if (opened === undefined) return undefined
      const same = opened.folder.uidValidity === plan.scanned.sourceUidValidity
      return same ? fetchMetadata(opened.session, head) : []
    })
    if (messages === undefined) {
      folderVanished(run, tally, total)
      plan.fresh = []
      continue
    }
    room -= wanted
    plan.fresh = rest
    tally.fates.vanished += wanted - messages.length
    const kept = applyRules(run, plan, messages)
    const bytes = kept.reduce((sum, { size }) => sum + size, 0)
    if (kept.length === 0) continue
    run.emit({ kind: 'planned', folder: entry.source, messages: kept.length, bytes })
    chains.push({ plan, batches: cut(kept, run) })
  }
  return chains
}

function applyRules(
  run: Run,
  { scanned }: FolderPlan,
  messages: readonly MessageMetadata[],
): readonly MessageMetadata[] {
  const [rule] = rulesOf(run, 'deleted')
  if (rule === undefined) return messages
  return messages.filter(({ flags }) => {
    const deleted = flags.some((flag) => flag.toLowerCase() === '\\deleted')
    if (deleted) scanned.tally.exclude(rule.name)
    return !deleted
  })
}

function rulesOf<K extends ExcludeRule['kind']>(run: Run, kind: K): Extract<ExcludeRule, { kind: K }>[] {
  return (run.mailbox.exclude ?? []).filter(
    (rule): rule is Extract<ExcludeRule, { kind: K }> => rule.kind === kind,
  )
}

/** By number and by announced size; a message too large to be held travels alone. */
function cut(messages: readonly MessageMetadata[], { batchMessages, batchBytes }: Run): Batch[] {
  const batches: MessageMetadata[][] = []
  let bytes = 0
  for (const message of messages) {
    const last = batches.at(-1)
    const alone = message.size > wholeUpTo
    const full = last === undefined || last.length >= batchMessages || bytes + message.size > batchBytes
    const afterLarge = last?.length === 1 && (last[0]?.size ?? 0) > wholeUpTo
    if (full || alone || afterLarge) {
      batches.push([message])
      bytes = message.size
    } else {
      last.push(message)
      bytes += message.size
    }
  }
  return batches
}
