import { knownDomains } from './chosen-mailboxes.ts'
import { cutoverContext } from './cutting-over/context.ts'
import { mxBack } from './cutting-over/dns-steps.ts'
import { hasBegun } from './cutting-over/has-begun.ts'
import { mailBack } from './cutting-over/mail-back.ts'
import { removeStaged } from './cutting-over/remove-staged.ts'
import { aliasDomainsOff, mailcowRelays, oldFinal, transport } from './cutting-over/rollback-steps.ts'
import { runSteps } from './cutting-over/run-steps.ts'
import { finalSide } from './cutting-over/sides.ts'
import type { CutoverContext, CutoverStep, CutoverStepOptions } from './cutting-over/step.ts'
import { told } from './cutting-over/told.ts'
import type { CutoverStepReport, RollbackDomain, RollbackReport } from './cutover-report.ts'
import type { Migration } from './migration.ts'
import { runStage } from './stage-run.ts'

/** The new side stops being final last, for the same reason for which it began first. */
const STEPS: readonly CutoverStep[] = [
  oldFinal,
  transport,
  mailcowRelays,
  mxBack,
  aliasDomainsOff,
  mailBack,
  told,
]

/**
 * Takes back what can be taken back. Before the cut-over: what we made on mailcow is removed, where nothing of others is in it. After it:
 * the old server delivers again, mailcow hands on, the MX is as it was, and what came to mailcow is copied into the old mailboxes; as often
 * as it is run, until nothing is left to copy.
 *
 * Rejects with `GateError`, `UsageError`, `ServerError`, `DomainLockedError`, or the signal's reason.
 */
export async function rollback(
  migration: Migration,
  domains: readonly string[],
  options: CutoverStepOptions = {},
): Promise<RollbackReport> {
  const ledger = await migration.ledger(options.dryRun === true ? 'read' : 'write')
  const names = await knownDomains(ledger, domains, 'rollback')
  migration.emit({ type: 'stage-started', stage: 'rollback', domains: names })
  const results: RollbackDomain[] = []
  for (const domain of names) {
    migration.emit({ type: 'domain-started', stage: 'rollback', domain, mailboxes: 0 })
    const result = await rollbackDomain(migration, domain, options)
    const outcome = result.outcome === 'failed' ? 'failed' : result.outcome === 'waiting' ? 'stopped' : 'done'
    migration.emit({ type: 'domain-finished', stage: 'rollback', domain, outcome })
    results.push(result)
  }
  migration.emit({ type: 'stage-finished', stage: 'rollback' })
  return {
    schema: 'mailmove.rollback/1',
    at: migration.now().toISOString(),
    dryRun: options.dryRun === true,
    domains: results,
    ok: results.every(({ outcome }) => outcome !== 'failed' && outcome !== 'waiting'),
  }
}

async function rollbackDomain(
  migration: Migration,
  domain: string,
  options: CutoverStepOptions,
): Promise<RollbackDomain> {
  const context = await cutoverContext(migration, domain, options, 'back')
  if (options.dryRun === true) return takeBack(context)
  return runStage(context.ledger, domain, 'rollback', options.signal, async () => {
    const value = await takeBack(context)
    const state = value.outcome === 'failed' ? 'failed' : value.outcome === 'waiting' ? 'stopped' : 'done'
    return { value, state, summary: value.steps.at(-1)?.message ?? '' }
  })
}

async function takeBack(context: CutoverContext): Promise<RollbackDomain> {
  const { ledger, domain } = context
  const begun = hasBegun(await ledger.cutoverSteps.list(domain, 'forward'))
  const done = (await ledger.cutoverSteps.list(domain, 'back')).some(({ step }) => step === 'mailcow-relays')
  if (!begun && !done) return removeStaged(context)
  const steps = await runSteps(context, STEPS)
  const outcome = outcomeOf(context, steps.at(-1))
  if (outcome === 'back') {
    // Nobody may be told any more, and the next cut-over begins from the beginning.
    await ledger.lastDeltas.withdraw(domain)
    await ledger.cutoverSteps.forget(domain, 'forward')
  }
  return {
    domain,
    outcome,
    steps,
    stays: ['Mailboxes on mailcow stay as they are, with what is in them.'],
    final: finalSide(await context.sides()),
    next: `mailmove rollback ${domain}`,
  }
}

function outcomeOf(
  { options }: CutoverContext,
  last: CutoverStepReport | undefined,
): RollbackDomain['outcome'] {
  if (last?.outcome === 'failed') return 'failed'
  if (last?.outcome === 'waiting') return 'waiting'
  return options.dryRun === true ? 'planned' : 'back'
}
