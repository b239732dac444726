import pLimit, { type LimitFunction } from 'p-limit'
import type { Ledger } from '../ledger/ledger.ts'
import { DomainLockedError } from '../ledger/lock.ts'
import { type ChosenMailbox, chooseForCopy, knownDomains, phaseOf } from './chosen-mailboxes.ts'
import { copyLimits } from './copying/copy-limits.ts'
import { copyMailbox, type CopyShared } from './copying/copy-mailbox.ts'
import { failedMailbox } from './copying/failures.ts'
import { plannedCopies } from './copying/planned-copies.ts'
import { addFates, sumOfFates } from './copying/totals.ts'
import type { CopyDomain, CopyMailbox, CopyReport } from './copy-report.ts'
import { GateError } from './errors.ts'
import { compareForecast, forecastDomain, type MeasuredCopy, rangeText } from './forecasting/forecast.ts'
import { measuredCopies } from './forecasting/measured-copies.ts'
import { existingLedger } from './existing-ledger.ts'
import { knownTotal } from './known-total.ts'
import { limitedAll } from './limited-all.ts'
import { LoginGuard } from './logins.ts'
import type { Migration } from './migration.ts'
import type { WriteStageOptions } from './options.ts'
import { assertMailboxesRecorded } from './recorded-mailboxes.ts'
import { runStage } from './stage-run.ts'
import { asSentence } from './sentence.ts'
import { lastSurvey, type SurveyRecord } from './survey-record.ts'

/**
 * Copies all mail, as often as you like: a second run sends only what is new. What fails for one mailbox is data in the
 * report (`failure`), the others go on.
 *
 * Rejects with `GateError` (never surveyed or provisioned, a red finding about the domain; `report` says what became of
 * the others), `UsageError`, `DomainLockedError`, `SecretError`, or the signal's reason. Killed at any instant and run
 * again, every message is there once.
 */
export async function copy(
  migration: Migration,
  domains: readonly string[],
  options: WriteStageOptions = {},
): Promise<CopyReport> {
  const isDryRun = options.dryRun === true
  const startedAt = migration.now().getTime()
  const existing = isDryRun ? await existingLedger(migration) : await migration.ledger('write')
  const names = await knownDomains(existing, domains, 'copy')
  const ledger = existing ?? (await migration.ledger('read'))
  await assertMailboxesRecorded(ledger, names, options.mailboxes)
  migration.emit({ type: 'stage-started', stage: 'copy', domains: names })
  const shared: CopyRun = {
    limits: copyLimits(migration.config),
    oldGuard: new LoginGuard(),
    newGuard: new LoginGuard(),
    limit: pLimit(migration.config.copy.mailboxesAtOnce),
  }
  const gates: GateError[] = []
  const locked: DomainLockedError[] = []
  const copied = await limitedAll(pLimit(names.length), names, async (domain) => {
    try {
      return isDryRun
        ? await plannedDomain(migration, ledger, domain, options)
        : await copyDomain(migration, ledger, domain, shared, options)
    } catch (error) {
      if (error instanceof DomainLockedError) {
        locked.push(error)
        return lockedDomain(domain, await ledger.domains.phase(domain), error)
      }
      if (!(error instanceof GateError)) throw error
      gates.push(error)
      migration.emit({ type: 'domain-finished', stage: 'copy', domain, outcome: 'stopped' })
      return undefined
    }
  })
  if (locked[0] !== undefined && locked.length === names.length) throw locked[0]
  migration.emit({ type: 'stage-finished', stage: 'copy' })
  const results = copied.filter((domain) => domain !== undefined)
  const report: CopyReport = {
    schema: 'mailmove.copy/1',
    at: migration.now().toISOString(),
    dryRun: isDryRun,
    domains: results,
    totals: addFates(results.map((domain) => domain.totals)),
    durationMs: migration.now().getTime() - startedAt,
    ok:
      gates.length === 0 &&
      results.every(({ outcome }) => outcome !== 'partial' && outcome !== 'failed') &&
      results.every(({ mailboxes }) => mailboxes.every((mailbox) => openSetAside(mailbox) === 0)),
  }
  throwGates(gates, report)
  return report
}

interface CopyRun extends CopyShared {
  readonly limit: LimitFunction
}

async function copyDomain(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  shared: CopyRun,
  options: WriteStageOptions,
): Promise<CopyDomain> {
  return runStage(ledger, domain, 'copy', options.signal, async () => {
    const chosen = await chooseForCopy(migration, ledger, domain, options.mailboxes)
    const survey = await lastSurvey(ledger, domain)
    const phase = await ledger.domains.phase(domain)
    migration.emit({
      type: 'domain-started',
      stage: 'copy',
      domain,
      mailboxes: chosen.length,
      ...knownTotal(chosen, survey),
    })
    // The largest first: a small one at the end keeps nobody waiting.
    const size = (address: string): number => survey?.mailboxes.get(address)?.size?.bytes ?? 0
    const measured = await measuredCopies(ledger)
    await tellForecast(migration, ledger, domain, chosen, survey, measured)
    const startedAt = migration.now().getTime()
    const ordered = chosen.toSorted((one, other) => size(other.address) - size(one.address))
    const mailboxes = await limitedAll(shared.limit, ordered, async ({ address, owner, obstacle }) => {
      options.signal?.throwIfAborted()
      if (obstacle !== undefined) return failedMailbox(address, 0, obstacle)
      const request = {
        domain,
        mailbox: address,
        phase: phaseOf(owner, phase),
        isAdopted: owner === 'adopted' && phase === 'mirror',
        size: survey?.mailboxes.get(address)?.size,
      }
      return copyMailbox(migration, ledger, request, shared, options)
    })
    const carried = mailboxes.filter(({ bytesCopied }) => bytesCopied > 0)
    const said = forecastDomain(
      carried.map(({ fates, bytesCopied }) => ({ messages: fates.copied, bytes: bytesCopied })),
      measured,
      migration.config.copy.mailboxesAtOnce,
    )
    const value: CopyDomain = {
      ...copyDomainReport(domain, phase, mailboxes),
      ...(carried.length === 0
        ? {}
        : { forecast: compareForecast(said.copy, migration.now().getTime() - startedAt) }),
    }
    migration.emit({ type: 'domain-finished', stage: 'copy', domain, outcome: doneOutcome(value.outcome) })
    const state = value.outcome === 'partial' ? 'incomplete' : value.outcome === 'failed' ? 'failed' : 'done'
    return { value, state, summary: summaryOf(value) }
  })
}

/** Once, before the first copy: what the watcher has to expect. */
async function tellForecast(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  chosen: readonly ChosenMailbox[],
  survey: SurveyRecord | undefined,
  measured: readonly MeasuredCopy[],
): Promise<void> {
  if ((await ledger.stages.latestDone(domain, 'copy')) !== undefined) return
  const sizes = chosen.flatMap(({ address }) => survey?.mailboxes.get(address)?.size ?? [])
  if (sizes.length === 0) return
  const {
    copy: range,
    basis,
    copies,
  } = forecastDomain(sizes, measured, migration.config.copy.mailboxesAtOnce)
  const by = basis === 'measured' ? `by ${copies} copies measured here` : 'nothing was measured here yet'
  const message = `The first copy will take ${rangeText(range)} (${by}).`
  migration.emit({ type: 'notice', stage: 'copy', domain, message })
}

async function plannedDomain(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  options: WriteStageOptions,
): Promise<CopyDomain> {
  const phase = await ledger.domains.phase(domain)
  return copyDomainReport(domain, phase, await plannedCopies(migration, ledger, domain, options.mailboxes))
}

function lockedDomain(domain: string, phase: 'mirror' | 'additive', error: DomainLockedError): CopyDomain {
  const report = copyDomainReport(domain, phase, [])
  return {
    ...report,
    outcome: 'failed',
    message: asSentence(error.message),
    next: `mailmove status ${domain}`,
  }
}

function copyDomainReport(
  domain: string,
  phase: 'mirror' | 'additive',
  mailboxes: readonly CopyMailbox[],
): CopyDomain {
  const sorted = mailboxes.toSorted((one, other) => one.mailbox.localeCompare(other.mailbox))
  const outcome = domainOutcome(sorted)
  const isDone = outcome === 'done' || outcome === 'unchanged'
  return {
    domain,
    phase,
    outcome,
    mailboxes: sorted,
    totals: sumOfFates(sorted),
    next: isDone ? `mailmove verify ${domain}` : `mailmove copy ${domain}`,
  }
}

function domainOutcome(mailboxes: readonly CopyMailbox[]): CopyDomain['outcome'] {
  const failed = mailboxes.filter((mailbox) => mailbox.outcome === 'failed').length
  if (failed > 0) return failed === mailboxes.length ? 'failed' : 'partial'
  if (mailboxes.some((mailbox) => mailbox.outcome === 'planned')) return 'planned'
  return mailboxes.every((mailbox) => mailbox.outcome === 'unchanged') ? 'unchanged' : 'done'
}

function doneOutcome(outcome: CopyDomain['outcome']): 'done' | 'unchanged' | 'partial' | 'failed' {
  return outcome === 'planned' ? 'done' : outcome
}

function openSetAside({ setAside }: CopyMailbox): number {
  return setAside.filter(({ accepted }) => accepted === undefined).length
}

function summaryOf({ outcome, mailboxes, totals }: CopyDomain): string {
  if (outcome === 'unchanged') return `nothing new: ${totals.alreadyThere} messages are there`
  const failed = mailboxes.filter((mailbox) => mailbox.outcome === 'failed').length
  const suffix = failed === 0 ? '' : `, ${failed} of ${mailboxes.length} mailboxes failed`
  return `${totals.copied} messages copied, ${totals.alreadyThere} were there${suffix}`
}

function throwGates(gates: readonly GateError[], report: CopyReport): void {
  const [gate] = gates
  if (gate === undefined) return
  throw new GateError(gates.map((error) => error.message).join(' '), {
    domains: gates.flatMap((error) => error.domains),
    findings: gates.flatMap((error) => error.findings),
    hint: gate.hint ?? 'mailmove status',
    report,
    cause: gate,
  })
}
