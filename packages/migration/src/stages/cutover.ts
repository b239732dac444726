import { knownDomains } from './chosen-mailboxes.ts'
import { cutoverContext } from './cutting-over/context.ts'
import { finalSide } from './cutting-over/sides.ts'
import { runSteps } from './cutting-over/run-steps.ts'
import type { CutoverContext, CutoverStep, CutoverStepOptions } from './cutting-over/step.ts'
import { CUTOVER_STEPS } from './cutting-over/steps.ts'
import type { CutoverDomain, CutoverReport, CutoverStepName, CutoverStepReport } from './cutover-report.ts'
import type { Migration } from './migration.ts'
import { reportedFinding } from './recorded-findings.ts'
import { runStage } from './stage-run.ts'

export interface CutoverOptions extends CutoverStepOptions {
  /** Only what can be done days before: DKIM, SPF and short TTLs. */
  readonly prepare?: boolean
  /** Only the list of recipients that the old server knows, once it relays. */
  readonly refresh?: boolean
}

/**
 * Moves the mail flow of domains from the old server to mailcow, one after the other, each in the order that loses nothing. Every step
 * looks first and is on record before and after: stopped or killed anywhere and run again, it goes on. What a step waits for
 * (time, somebody else's DNS) ends the domain there; what was done so far is safe.
 *
 * Rejects with `GateError` (something must be done first; `report` says how far it came), `UsageError`, `ServerError`,
 * `DomainLockedError`, or the signal's reason.
 */
export async function cutover(
  migration: Migration,
  domains: readonly string[],
  options: CutoverOptions = {},
): Promise<CutoverReport> {
  const ledger = await migration.ledger(options.dryRun === true ? 'read' : 'write')
  const names = await knownDomains(ledger, domains, 'cutover')
  migration.emit({ type: 'stage-started', stage: 'cutover', domains: names })
  const done: CutoverDomain[] = []
  for (const domain of names) {
    migration.emit({ type: 'domain-started', stage: 'cutover', domain, mailboxes: 0 })
    const result = await cutoverDomain(migration, domain, options)
    const outcome = result.outcome === 'failed' ? 'failed' : isFinished(result) ? 'done' : 'stopped'
    migration.emit({ type: 'domain-finished', stage: 'cutover', domain, outcome })
    done.push(result)
  }
  migration.emit({ type: 'stage-finished', stage: 'cutover' })
  return {
    schema: 'mailmove.cutover/1',
    at: migration.now().toISOString(),
    dryRun: options.dryRun === true,
    domains: done,
    ok: done.every(isFinished),
  }
}

const isFinished = ({ outcome }: CutoverDomain): boolean =>
  outcome === 'done' || outcome === 'prepared' || outcome === 'planned'

async function cutoverDomain(
  migration: Migration,
  domain: string,
  options: CutoverOptions,
): Promise<CutoverDomain> {
  const context = await cutoverContext(migration, domain, options)
  const steps = chosenSteps(options)
  if (options.dryRun === true) return domainReport(context, await runSteps(context, steps), options)
  return runStage(context.ledger, domain, 'cutover', options.signal, async () => {
    const value = await domainReport(context, await runSteps(context, steps), options)
    const state =
      value.outcome === 'failed' ? 'failed' : value.outcome === 'done' ? 'done' : ('stopped' as const)
    return { value, state, summary: value.steps.at(-1)?.message ?? '' }
  })
}

function chosenSteps({ prepare, refresh }: CutoverOptions): readonly CutoverStep[] {
  if (prepare === true) return only('dns-prepare')
  if (refresh === true) return only('old-relays', 'old-accepts')
  return CUTOVER_STEPS
}

function only(...names: readonly CutoverStepName[]): readonly CutoverStep[] {
  return CUTOVER_STEPS.filter(({ name }) => names.some((chosen) => chosen === name))
}

async function domainReport(
  context: CutoverContext,
  steps: readonly CutoverStepReport[],
  options: CutoverOptions,
): Promise<CutoverDomain> {
  const { ledger, domain } = context
  const last = steps.at(-1)
  const outcome = outcomeOf(last, options)
  return {
    domain,
    outcome,
    steps,
    findings: (await ledger.findings.list(domain)).map(reportedFinding),
    final: finalSide(await context.sides()),
    next: `mailmove ${outcome === 'done' ? 'catchup' : 'cutover'} ${domain}`,
  }
}

function outcomeOf(last: CutoverStepReport | undefined, options: CutoverOptions): CutoverDomain['outcome'] {
  if (last?.outcome === 'failed') return 'failed'
  if (last?.outcome === 'waiting')
    return last.step === 'mx' || last.step === 'mx-seen' ? 'mx-pending' : 'waiting'
  if (options.dryRun === true) return 'planned'
  return options.prepare === true ? 'prepared' : 'done'
}
