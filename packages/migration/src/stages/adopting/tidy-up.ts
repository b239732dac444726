import { isImapSyncError } from '@iteg/imap-sync'
import type { Ledger } from '../../ledger/ledger.ts'
import type { AdoptMailbox } from '../adopt-report.ts'
import type { Finding } from '../finding.ts'
import { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import { forgetInitialPassword, removeNotices } from '../notifying/adoption.ts'
import type { StageOptions } from '../options.ts'
import { asSentence, withoutSide } from '../sentence.ts'
import type { LookedAt } from './look.ts'

/**
 * Removes what is of no use any more once a user has a password of his own: ours under seal with its letters and, where the
 * configuration says so, our notices in the old mailbox. Each step may be repeated: a run that was killed is made up for.
 */
export async function tidyUp(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  looked: readonly LookedAt[],
  options: StageOptions,
): Promise<{
  readonly mailboxes: ReadonlyMap<string, Partial<AdoptMailbox>>
  readonly findings: readonly Finding[]
}> {
  const changed = new Map<string, Partial<AdoptMailbox>>()
  const findings: Finding[] = []
  const logins = new LoginGuard()
  const notices = await ledger.notices.list(domain)
  const left = new Set(
    notices.flatMap(({ via, outcome, removedAt, recipient }) =>
      via === 'append' && outcome === 'delivered' && removedAt === undefined ? [recipient] : [],
    ),
  )
  for (const { report, isCertain, hasInitialPassword } of looked) {
    const { mailbox, ownPassword, handedOverAt, ours } = report
    if (!ours || !ownPassword || !isCertain || handedOverAt === undefined) continue
    options.signal?.throwIfAborted()
    const subject = { domain, mailbox }
    if (hasInitialPassword && (await forgetInitialPassword(migration, ledger, subject)))
      changed.set(mailbox, { initialPassword: 'removed' })
    if (!migration.config.adopt.removeNotices || !left.has(mailbox)) continue
    const removed = await takeOut(migration, ledger, subject, logins, options)
    if (typeof removed === 'number')
      changed.set(mailbox, { ...changed.get(mailbox), noticesRemoved: removed })
    else
      findings.push({
        code: 'notices-left',
        severity: 'yellow',
        domain,
        item: mailbox,
        message: `Our notices are still in its old mailbox: ${removed}`,
        remedy: `Run it again: mailmove adopt ${domain}`,
      })
  }
  return { mailboxes: changed, findings }
}

/** How many were removed, or why not. */
async function takeOut(
  migration: Migration,
  ledger: Ledger,
  subject: { readonly domain: string; readonly mailbox: string },
  logins: LoginGuard,
  options: StageOptions,
): Promise<number | string> {
  if (logins.stopReason !== undefined) return `it was not tried: ${logins.stopReason}.`
  const write = await ledger.writes.recordIntent({
    domain: subject.domain,
    system: 'old-server',
    operation: 'notices.remove',
    item: subject.mailbox,
  })
  try {
    const count = await removeNotices(migration, ledger, subject, options)
    logins.accepted()
    await ledger.writes.recordOutcome(write, { outcome: 'done', message: `${count} removed` })
    return count
  } catch (error) {
    const message = isImapSyncError(error) ? withoutSide(error.message) : 'interrupted'
    // Looking for them again is all that it takes.
    await ledger.writes.recordOutcome(write, { outcome: 'failed', message })
    options.signal?.throwIfAborted()
    if (!isImapSyncError(error)) throw error
    logins.refusedBy(error)
    return asSentence(message)
  }
}
