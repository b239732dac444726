import type { SyncReport } from '../report.ts'
import type { SyncMailbox, SyncOptions } from './options.ts'

/**
 * Brings the target up to what the source holds: every source message exactly once, byte for byte, in the mapped
 * folder, with flags and date. Repeatable, at any crash. Resolves with a report also when single messages or folders
 * failed; rejects with `ImapSyncError` when the mailbox could not be worked on at all, or with the signal's reason.
 */
export async function syncMailbox(_mailbox: SyncMailbox, _options: SyncOptions = {}): Promise<SyncReport> {
  throw new Error('being written')
}
