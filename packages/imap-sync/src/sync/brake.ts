import type { FolderListing } from '../folders/types.ts'
import { countOf, toRanges } from '../state/ranges.ts'
import { sourcesOf } from '../state/pairs.ts'
import type { Run } from './run.ts'

/**
 * Stops before anything is done when the source looks wrong as a whole: no mail where there was some, or where the
 * inventory says there is. False: stop.
 */
export async function sourceIsPlausible(run: Run, source: FolderListing): Promise<boolean> {
  const { expectMail = false, accepted = [] } = run.mailbox
  const messages = source.folders.reduce((sum, { status }) => sum + (status?.messages ?? 0), 0)
  if (messages > 0 || accepted.includes('sourceSuddenlyEmpty')) return true
  const states = await run.state.folders()
  const all = await Promise.all(states.map((folder) => run.state.messages(folder.source)))
  const before = all.reduce((sum, { pairs }) => sum + countOf(toRanges(sourcesOf(pairs))), 0)
  if (before === 0 && !expectMail) return true
  const was =
    before === 0 ? 'where the inventory says there is some' : `where ${before} messages were copied from`
  run.find({
    code: 'sourceSuddenlyEmpty',
    severity: 'red',
    count: before,
    message: `The old server shows no mail at all, ${was}; nothing was changed.`,
    remedy:
      'Look whether the mailbox is really empty there (disk mounted? rights of the master user? namespace?). If so, accept this finding and copy again.',
  })
  return false
}

/** `additive` without a memory would take everything that users deleted for new mail. False: stop. */
export async function stateIsThere(run: Run): Promise<boolean> {
  if (run.phase === 'mirror' || (run.mailbox.accepted ?? []).includes('stateMissing')) return true
  if ((await run.state.folders()).length > 0) return true
  run.find({
    code: 'stateMissing',
    severity: 'red',
    message:
      'Nothing is remembered of what was copied before, and people already use the new mailbox; nothing was changed.',
    remedy:
      'Restore the ledger. If that is impossible, accept this finding: messages are then compared by content, and what users deleted on the new server comes back.',
  })
  return false
}
