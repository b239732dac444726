import pLimit, { type LimitFunction } from 'p-limit'
import type { Ledger } from '../ledger/ledger.ts'
import { copyLimits } from './copying/copy-limits.ts'
import { chooseForVerify, type ChosenMailbox, knownDomains, phaseOf } from './chosen-mailboxes.ts'
import { DomainLockedError } from '../ledger/lock.ts'
import { knownTotal } from './known-total.ts'
import { limitedAll } from './limited-all.ts'
import { LoginGuard } from './logins.ts'
import type { Migration } from './migration.ts'
import type { MailboxStageOptions } from './options.ts'
import { assertMailboxesRecorded } from './recorded-mailboxes.ts'
import { runStage } from './stage-run.ts'
import { asSentence } from './sentence.ts'
import { lastSurvey } from './survey-record.ts'
import { failedVerify } from './verifying/failed-verify.ts'
import { verifyOne, type VerifyShared } from './verifying/verify-mailbox.ts'
import type { VerifyDomain, VerifyMailbox, VerifyReport } from './verify-report.ts'

/**
 * Compares both servers by content, independent of what copy remembers, and freezes the report as evidence (with its
 * digest). Reads only, on both servers. `ok` is false on any difference that nothing explains.
 *
 * Rejects with `GateError` (never surveyed), `UsageError`, `DomainLockedError`, or the signal's reason.
 */
export async function verify(
  migration: Migration,
  domains: readonly string[],
  options: MailboxStageOptions = {},
): Promise<VerifyReport> {
  const ledger = await migration.ledger('write')
  const names = await knownDomains(ledger, domains, 'verify')
  await assertMailboxesRecorded(ledger, names, options.mailboxes)
  migration.emit({ type: 'stage-started', stage: 'verify', domains: names })
  const shared: VerifyRun = {
    limits: copyLimits(migration.config),
    oldGuard: new LoginGuard(),
    newGuard: new LoginGuard(),
    limit: pLimit(migration.config.copy.mailboxesAtOnce),
  }
  const locked: DomainLockedError[] = []
  const results = await limitedAll(pLimit(names.length), names, async (domain) => {
    try {
      return await verifyDomain(migration, ledger, domain, shared, options)
    } catch (error) {
      if (!(error instanceof DomainLockedError)) throw error
      locked.push(error)
      return lockedDomain(domain, await ledger.domains.phase(domain), error)
    }
  })
  if (locked[0] !== undefined && locked.length === names.length) throw locked[0]
  migration.emit({ type: 'stage-finished', stage: 'verify' })
  return {
    schema: 'mailmove.verify/1',
    at: migration.now().toISOString(),
    domains: results,
    ok: results.every((domain) => domain.outcome === 'equal'),
  }
}

interface VerifyRun extends VerifyShared {
  readonly limit: LimitFunction
}

async function verifyDomain(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  shared: VerifyRun,
  options: MailboxStageOptions,
): Promise<VerifyDomain> {
  // Under the lock: while a copy runs, every comparison would be wrong by the time it is read.
  return runStage(ledger, domain, 'verify', options.signal, async () => {
    const chosen = await chooseForVerify(migration, ledger, domain, options.mailboxes)
    const survey = await lastSurvey(ledger, domain)
    const phase = await ledger.domains.phase(domain)
    const isFinal = await isMailcowFinal(ledger, domain)
    migration.emit({
      type: 'domain-started',
      stage: 'verify',
      domain,
      mailboxes: chosen.length,
      ...knownTotal(chosen, survey),
    })
    const mailboxes = await limitedAll(
      shared.limit,
      chosen,
      async ({ address, owner, obstacle }: ChosenMailbox) => {
        options.signal?.throwIfAborted()
        if (obstacle !== undefined) return failedVerify(address, obstacle)
        const size = survey?.mailboxes.get(address)?.size
        const request = { domain, mailbox: address, phase: phaseOf(owner, phase), isFinal, size }
        return verifyOne(migration, ledger, request, shared, options)
      },
    )
    const isFull = options.mailboxes === undefined
    const report = domainReport(domain, phase, mailboxes, isFull)
    const green = report.outcome === 'equal'
    const frozen = isFull
      ? await ledger.verifyReports.save({ domain, coverage: 'full', green, report })
      : undefined
    const value = frozen === undefined ? report : { ...report, digest: frozen.digest }
    migration.emit({ type: 'domain-finished', stage: 'verify', domain, outcome: green ? 'done' : 'partial' })
    const state = green ? 'done' : report.outcome === 'failed' ? 'failed' : 'incomplete'
    return { value, state, summary: summaryOf(report) }
  })
}

/** From then on mail comes to mailcow that the old server never sees. A rollback forgets the step. */
async function isMailcowFinal(ledger: Ledger, domain: string): Promise<boolean> {
  return (await ledger.cutoverSteps.list(domain, 'forward')).some(({ step }) => step === 'mailcow-final')
}

function lockedDomain(domain: string, phase: 'mirror' | 'additive', error: DomainLockedError): VerifyDomain {
  const report = domainReport(domain, phase, [], false)
  return {
    ...report,
    outcome: 'failed',
    message: asSentence(error.message),
    next: `mailmove status ${domain}`,
  }
}

function domainReport(
  domain: string,
  phase: 'mirror' | 'additive',
  mailboxes: readonly VerifyMailbox[],
  isFull: boolean,
): VerifyDomain {
  const sum = (of: (mailbox: VerifyMailbox) => number): number =>
    mailboxes.reduce((total, mailbox) => total + of(mailbox), 0)
  const failed = mailboxes.filter((mailbox) => mailbox.outcome === 'failed').length
  const isEqual = mailboxes.every((mailbox) => mailbox.outcome === 'equal')
  const allFailed = failed > 0 && failed === mailboxes.length
  return {
    domain,
    outcome: isEqual ? 'equal' : allFailed ? 'failed' : 'different',
    full: isFull,
    phase,
    mailboxes,
    totals: {
      sourceMessages: sum((mailbox) => mailbox.sourceMessages),
      targetMessages: sum((mailbox) => mailbox.targetMessages),
      matched: sum((mailbox) => mailbox.matched),
      bytes: sum((mailbox) => mailbox.bytes),
      differences: sum((mailbox) => mailbox.differenceCount),
    },
    next: isEqual ? `mailmove status ${domain}` : `mailmove copy ${domain}`,
  }
}

function summaryOf({ outcome, totals, mailboxes }: VerifyDomain): string {
  if (outcome === 'equal') return `${totals.matched} messages in ${mailboxes.length} mailboxes are equal`
  const failed = mailboxes.filter((mailbox) => mailbox.outcome === 'failed').length
  return `${totals.differences} differences${failed === 0 ? '' : `, ${failed} mailboxes could not be compared`}`
}
