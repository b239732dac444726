import { createHash } from 'node:crypto'
import { countOf, toRanges } from '../state/ranges.ts'
import { sourcesOf } from '../state/pairs.ts'
import type { Checkpoint, FolderState, FolderStatus, SetAsideRecord, SyncState } from '../state/state.ts'
import type { ExcludeRule } from './options.ts'
import type { Fates, Phase } from '../report.ts'

/** A digest of the rules that decide which messages are copied. */
export function rulesDigest(rules: readonly ExcludeRule[]): string {
  return createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 16)
}

/** Nothing happened between two looks. Without mod-sequences nobody can say so: flags may have changed. */
function sameStatus(a: FolderStatus | undefined, b: FolderStatus | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.uidValidity === b.uidValidity &&
    a.uidNext === b.uidNext &&
    a.messages === b.messages &&
    a.highestModseq !== undefined &&
    a.highestModseq === b.highestModseq
  )
}

/** Whether a folder needs no look at all: its checkpoint still describes both sides. In `additive` the target is its owner's business. */
export function isUnchanged(
  folder: FolderState,
  now: { readonly source: FolderStatus | undefined; readonly target: FolderStatus | undefined },
  rules: string,
  phase: Phase,
): boolean {
  const { checkpoint } = folder
  if (checkpoint === undefined || checkpoint.rules !== rules) return false
  if (!sameStatus(checkpoint.source, now.source)) return false
  return phase === 'additive' || sameStatus(checkpoint.target, now.target)
}

/** Source messages of an unchanged folder whose fate is remembered, and how many of them were set aside. Reads them only where they have to be counted. */
export async function rememberedOf(
  state: Pick<SyncState, 'messages'>,
  source: string,
  { excluded, remembered }: Checkpoint,
): Promise<{ readonly count: number; readonly setAside: readonly SetAsideRecord[] }> {
  const leftOut = Object.values(excluded).reduce((sum, count) => sum + count, 0)
  if (remembered?.setAside === 0) return { count: remembered.delivered + leftOut, setAside: [] }
  const { pairs, delivered, setAside } = await state.messages(source)
  const paired = countOf(toRanges([...sourcesOf(pairs), ...delivered]))
  return { count: paired + setAside.length + leftOut, setAside }
}

/** What a checkpoint says of the messages, when all fates are ones that are remembered: those that vanished meanwhile are not. */
export function remembers({
  copied,
  alreadyThere,
  setAside,
  vanished,
}: Fates): Pick<Checkpoint, 'remembered'> {
  return vanished > 0 ? {} : { remembered: { delivered: copied + alreadyThere, setAside } }
}
