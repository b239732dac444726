import type { MessageMetadata } from '../commands/fetch-metadata.ts'
import { ImapSyncError } from '../errors.ts'
import { rangesOf } from '../state/ranges.ts'
import type { FolderWork } from './folder-work.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'
import { setAside } from './set-aside-message.ts'

/** So many refusals in a row mean that the server takes nothing at all just now. */
const inARow = 20

/**
 * Puts a refused message aside. When the target refuses one message after the other, it is not the messages: those put aside
 * since the last success are taken back, and the folder is left for another run (rejects with `refused`).
 */
export async function refuse(
  run: Run,
  lane: Lane,
  work: FolderWork,
  message: MessageMetadata,
  reason: string,
): Promise<void> {
  const { tally, entry } = work
  if (work.refusedInARow.length + 1 >= inARow) {
    const uids = new Set(work.refusedInARow)
    await run.state.commit([{ kind: 'dropped', source: entry.sourceWire, uids: rangesOf(uids) }])
    const kept = tally.setAside.filter(({ uid }) => !uids.has(uid))
    tally.fates.setAside -= tally.setAside.length - kept.length
    tally.setAside.splice(0, tally.setAside.length, ...kept)
    work.refusedInARow.length = 0
    throw new ImapSyncError('refused', `the new server refuses one message after the other: ${reason}`, {
      side: 'target',
      command: 'APPEND',
      retryable: false,
    })
  }
  work.refusedInARow.push(message.uid)
  await setAside(run, lane, work, message, reason)
}
