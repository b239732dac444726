import { openMailbox } from '@iteg/imap-sync'
import type { Ledger } from '../../ledger/ledger.ts'
import { oldEndpoint } from '../endpoints.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { removeLetters } from './letters.ts'

export interface Subject {
  readonly domain: string
  readonly mailbox: string
}

/**
 * The initial password has done its work: its user was told and has chosen another one. Removes it from the ledger (its place on
 * the disk is overwritten) and the letters that hold it. Resolves to whether there was any. Refused, with `false`, while nothing
 * was delivered: nobody would know it any more.
 */
export async function forgetInitialPassword(
  migration: Migration,
  ledger: Ledger,
  { domain, mailbox }: Subject,
): Promise<boolean> {
  const told = (await ledger.notices.list(domain)).some(
    ({ recipient, kind, outcome }) =>
      recipient === mailbox && PASSWORD_KINDS.has(kind) && outcome === 'delivered',
  )
  if (!told) return false
  await removeLetters(migration, ledger, { domain, mailbox })
  return ledger.secrets.remove({ domain, mailbox, purpose: 'initial-password' })
}

/** Those that hold the initial password. */
const PASSWORD_KINDS: ReadonlySet<string> = new Set(['hand-over', 'reminder', 'password-reset'])

/**
 * Takes our notices out of an old mailbox again, each known by Message-ID and content, wherever its owner has put it; nothing
 * else is touched. Resolves to the number of messages removed. Rejects with `ImapSyncError`.
 */
export async function removeNotices(
  migration: Migration,
  ledger: Ledger,
  { domain, mailbox }: Subject,
  options: StageOptions = {},
): Promise<number> {
  const ours = (await ledger.notices.list(domain)).filter(
    ({ recipient, via, outcome, removedAt }) =>
      recipient === mailbox && via === 'append' && outcome === 'delivered' && removedAt === undefined,
  )
  if (ours.length === 0) return 0
  await using handle = await openMailbox(oldEndpoint(migration.config, mailbox), {
    ...options,
    logger: migration.logger,
    side: 'source',
    allow: 'remove',
  })
  let removed = 0
  for (const { id, messageId } of ours) {
    removed += await handle.remove({ messageId, hashes: await ledger.notices.contentsOf(id) })
    await ledger.notices.markRemoved(id)
  }
  return removed
}
