import type { MailcowClient } from '@iteg/mailcow-client'
import type { Ledger } from '../../ledger/ledger.ts'
import type { PasswordReset } from '../../ledger/password-resets.ts'
import { generatePassword } from '../../secrets/password.ts'
import { asciiAddress } from '../ascii-names.ts'
import { GateError, ServerError, UsageError } from '../errors.ts'
import { isMailcowError } from '../mailcow-error.ts'
import { asking, serverError } from '../mailcow-facts.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { domainOf } from '../planning/address-rules.ts'
import { readPasswordPolicy } from '../server-facts.ts'
import { initialPassword, resetDraft } from './drafts.ts'
import { leakGuard } from './leak-guard.ts'
import { passwordReset as resetData } from './notice-data.ts'
import { gatherNoticeFacts } from './notice-facts.ts'
import type { NoticeResult } from './notice-report.ts'
import { dispatch, type NoticeRun, openNoticeRun } from './notice-run.ts'

export interface PasswordResetOptions extends StageOptions {
  /** Looks whether it could be done, and does nothing. */
  readonly dryRun?: boolean
}

/** The password itself is in none of it. */
export interface PasswordResetReport {
  readonly schema: 'mailmove.password-reset/1'
  /** ISO 8601. */
  readonly at: string
  readonly dryRun: boolean
  readonly domain: string
  readonly mailbox: string
  /** `resumed`: an earlier run had set it and died before its mail was out. */
  readonly password: 'set' | 'resumed' | 'planned'
  /** When mailcow says that it was last set, read back; absent in a dry run. */
  readonly changedAt?: string
  /** Absent in a dry run. */
  readonly notice?: NoticeResult
  readonly ok: boolean
  readonly next: string
}

/**
 * Gives a mailbox that we made a new initial password, which mailcow makes its user change: sealed first, set and read back, then
 * mailed into the old mailbox. Killed at any instant and run again, it goes on with the same password.
 *
 * Rejects with `UsageError` (no such mailbox, no `notify`), `GateError` (not made by us, or not announced), `ServerError`,
 * `SecretError`, `DomainLockedError`.
 */
export async function passwordReset(
  migration: Migration,
  address: string,
  options: PasswordResetOptions = {},
): Promise<PasswordResetReport> {
  const mailbox = asciiAddress(address.trim().toLowerCase())
  const domain = domainOf(mailbox)
  const isDryRun = options.dryRun === true
  await using run = await openNoticeRun(migration, options)
  const ledger = await migration.ledger(isDryRun ? 'read' : 'write')
  await assertOurs(ledger, domain, mailbox)
  const base = { schema: 'mailmove.password-reset/1', dryRun: isDryRun, domain, mailbox } as const
  if (isDryRun)
    return {
      ...base,
      at: migration.now().toISOString(),
      password: 'planned',
      ok: true,
      next: `mailmove password reset ${mailbox}`,
    }
  await using lock = await ledger.lockDomain(domain, { command: `mailmove password reset ${mailbox}` })
  migration.logger.debug({ domain: lock.holder.domain }, 'password reset')
  const { reset, isResumed } = await setPassword(migration, ledger, { domain, mailbox }, options)
  const notice = await tell(run, ledger, { domain, mailbox }, reset, options)
  const isTold = notice.outcome === 'sent' || notice.outcome === 'found' || notice.outcome === 'already'
  const isPrinted = notice.letter !== undefined
  if (isTold || isPrinted) await ledger.passwordResets.end(reset.id, 'told')
  return {
    ...base,
    at: migration.now().toISOString(),
    password: isResumed ? 'resumed' : 'set',
    ...(reset.changedAt === undefined ? {} : { changedAt: reset.changedAt.toISOString() }),
    notice,
    ok: isTold,
    next: isTold || isPrinted ? `mailmove status ${domain}` : `mailmove password reset ${mailbox}`,
  }
}

/** A mailbox that we did not make has a password that somebody chose. */
async function assertOurs(ledger: Ledger, domain: string, mailbox: string): Promise<void> {
  const known = await ledger.mailboxes.get(mailbox)
  if (known === undefined)
    throw new UsageError(`There is no mailbox ${mailbox}.`, {
      hint: `See them with: mailmove status ${domain}`,
    })
  if (known.creation === 'created') return
  throw new GateError(
    `${mailbox} was not made by mailmove: its password is its user's, and is not changed.`,
    {
      domains: [domain],
      hint:
        known.creation === undefined
          ? `A mailbox that is not on mailcow yet is made by: mailmove provision ${domain}`
          : `Whether it is there is not known: run mailmove provision ${domain} first.`,
    },
  )
}

interface Subject {
  readonly domain: string
  readonly mailbox: string
}

/** Seals, sets, reads back; goes on where an earlier run stopped. */
async function setPassword(
  migration: Migration,
  ledger: Ledger,
  subject: Subject,
  options: StageOptions,
): Promise<{ readonly reset: PasswordReset; readonly isResumed: boolean }> {
  const key = await migration.key()
  const client = await migration.mailcow()
  const last = await ledger.passwordResets.latest(subject.mailbox)
  // mailcow has it and its mail may not be out: another password would make the one in that mail wrong.
  if (last?.state === 'set') return { reset: last, isResumed: true }
  const before = await readMailbox(client, subject.mailbox, options)
  const name = { ...subject, purpose: 'next-password' } as const
  const pending = last?.state === 'sealed' ? await ledger.secrets.open(key, name) : undefined
  const policy = await readPasswordPolicy(client, options)
  const password = pending ?? generatePassword({ policy, minLength: migration.config.passwords.minLength })
  const reset =
    last !== undefined && pending !== undefined
      ? last
      : await ledger.passwordResets.begin(key, { ...subject, password })
  options.signal?.throwIfAborted()
  const write = await ledger.writes.recordIntent({
    domain: subject.domain,
    system: 'mailcow',
    operation: 'mailboxes.edit',
    item: subject.mailbox,
    payload: { forcePasswordUpdate: true, reset: reset.id },
  })
  try {
    // Never aborted: a write under way ends by itself, so that its outcome is known.
    await client.mailboxes.edit(subject.mailbox, { password, forcePasswordUpdate: true })
  } catch (error) {
    if (!isMailcowError(error)) throw error
    const isCertain = error.effect === 'none'
    await ledger.writes.recordOutcome(write, {
      outcome: isCertain ? 'failed' : 'unknown',
      message: error.message,
    })
    // With an answer that was lost the sealed one stays: the next run sets the same once more.
    if (isCertain && error.code !== 'network' && error.code !== 'timeout')
      await ledger.passwordResets.end(reset.id, 'failed', error.message)
    throw serverError(error)
  }
  const after = await readMailbox(client, subject.mailbox, options)
  if (!after.forcePasswordUpdate || after.passwordChangedAt === null)
    throw new ServerError('new.mailcow', `mailcow did not take the new password of ${subject.mailbox}.`, {
      hint: `Run it again: mailmove password reset ${subject.mailbox}`,
    })
  const movedOn = before.passwordChangedAt === null || after.passwordChangedAt >= before.passwordChangedAt
  await ledger.writes.recordOutcome(write, {
    outcome: movedOn ? 'done' : 'unknown',
    message: `passwd_update ${after.passwordChangedAt.toISOString()}`,
  })
  await ledger.passwordResets.markSet(key, reset.id, password, after.passwordChangedAt)
  return {
    reset: { ...reset, state: 'set', changedAt: after.passwordChangedAt },
    isResumed: pending !== undefined,
  }
}

async function readMailbox(client: MailcowClient, mailbox: string, options: StageOptions) {
  const found = await asking(options, (call) => client.mailboxes.get(mailbox, call))
  if (found !== undefined) return found
  throw new GateError(`${mailbox} is not on mailcow any more.`, {
    domains: [domainOf(mailbox)],
    hint: `Run: mailmove survey ${domainOf(mailbox)}`,
  })
}

async function tell(
  run: NoticeRun,
  ledger: Ledger,
  { domain, mailbox }: Subject,
  reset: PasswordReset,
  options: StageOptions,
): Promise<NoticeResult> {
  const { migration, notify, templates } = run.drafting
  const [facts] = await gatherNoticeFacts(migration, ledger, [domain], options)
  const own = facts?.mailboxes.find(({ address }) => address === mailbox)
  if (facts === undefined || own === undefined)
    throw new UsageError(`${mailbox} is not in the inventory of the old server any more.`, {
      hint: 'Its new password is set and sealed; put the mailbox back into the inventory and run it again.',
    })
  const guard = await leakGuard(migration, ledger, facts, [own], {
    ...options,
    subjectFor: (of) =>
      notify.renderPreview(templates, {
        kind: 'password-reset',
        language: of.language,
        data: resetData(migration.config, facts, of, undefined),
      }).subject,
    limit: run.limit,
    logins: run.sieveLogins,
    record: true,
  })
  const draft = resetDraft(run.drafting, facts, own, {
    password: initialPassword(migration, ledger, { domain, mailbox }),
    occasion: `reset ${reset.id}`,
  })
  const blocked = guard.blocking.get(mailbox)?.map(({ message }) => message)
  const accepted = guard.accepted.get(mailbox)?.map(({ message }) => message)
  const how = {
    again: false,
    perVersion: false,
    hasOldMailbox: true,
    announces: false,
    ...(blocked === undefined ? {} : { blocked: blocked.join(' ') }),
    ...(accepted === undefined ? {} : { accepted: accepted.join(' ') }),
  }
  const result = await dispatch(run, ledger, draft, how, options)
  // An old mailbox that cannot be reached any more: the password is set, so it has to be told on paper.
  if (result.outcome !== 'failed' || result.letter !== undefined || run.delivery.guard.refused === 0)
    return result
  const printed = await dispatch(
    run,
    ledger,
    draft,
    { ...how, blocked: result.message ?? 'The old mailbox cannot be entered.' },
    options,
  )
  return { ...printed, ...(result.remedy === undefined ? {} : { remedy: result.remedy }) }
}
