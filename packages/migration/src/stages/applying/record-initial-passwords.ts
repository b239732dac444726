import type { Mailbox } from '@iteg/mailcow-client'
import type { Ledger } from '../../ledger/ledger.ts'

/**
 * Puts on record when our initial passwords were set, as mailcow's list shows it: that a user has chosen another one is later
 * seen by this time. Also makes up for a run that died before it could; from the hand-over on it would be too late.
 */
export async function recordInitialPasswords(
  ledger: Ledger,
  domain: string,
  mailboxes: readonly Mailbox[],
): Promise<void> {
  const known = await ledger.initialPasswords.list(domain)
  const ours = new Set(
    (await ledger.mailboxes.list(domain))
      .filter(({ creation, announcedAt }) => creation === 'created' && announcedAt === undefined)
      .map(({ address }) => address),
  )
  await ledger.initialPasswords.record(
    mailboxes.flatMap(({ address, forcePasswordUpdate, passwordChangedAt }) =>
      ours.has(address) && !known.has(address) && forcePasswordUpdate && passwordChangedAt !== null
        ? [{ domain, mailbox: address, changedAt: passwordChangedAt }]
        : [],
    ),
  )
}
