import { createHash } from 'node:crypto'
import { countOf, toRanges } from '../state/ranges.ts'
import { sourcesOf } from '../state/pairs.ts'
import type { Checkpoint, FolderMessages, FolderState, FolderStatus } from '../state/state.ts'
import type { ExcludeRule } from './options.ts'
import type { Phase } from '../report.ts'

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

/** Source messages whose fate an unchanged folder remembers. */
export function rememberedCount(messages: FolderMessages, checkpoint: Checkpoint): number {
  const paired = countOf(toRanges([...sourcesOf(messages.pairs), ...messages.delivered]))
  const excluded = Object.values(checkpoint.excluded).reduce((sum, count) => sum + count, 0)
  return paired + messages.setAside.length + excluded
}
