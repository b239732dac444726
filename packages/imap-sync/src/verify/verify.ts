import type { VerifyMailbox, VerifyOptions } from './options.ts'
import type { VerifyReport } from './report.ts'

/**
 * Compares both mailboxes by content, folder by folder, from their own listings: never from what a copy run
 * remembers. Reads only. Rejects with `ImapSyncError` when a side cannot be read at all, or with the signal's reason.
 */
export async function verifyMailbox(
  _mailbox: VerifyMailbox,
  _options: VerifyOptions = {},
): Promise<VerifyReport> {
  throw new Error('being written')
}
