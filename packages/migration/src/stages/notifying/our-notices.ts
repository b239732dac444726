import type { ExcludeRule } from '@iteg/imap-sync'
import type { Ledger } from '../../ledger/ledger.ts'

/** What we put into an old mailbox, by its content: never copied, and not missed by a comparison. */
export async function ourNotices(ledger: Ledger, mailbox: string): Promise<readonly ExcludeRule[]> {
  const hashes = await ledger.notices.contents(mailbox)
  return hashes.length === 0 ? [] : [{ name: 'our notice', kind: 'content', hashes }]
}
