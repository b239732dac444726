import { DomainLockedError } from '../../ledger/lock.ts'
import type { CutoverStepReport } from '../cutover-report.ts'
import { GateError, MigrationError } from '../errors.ts'
import { asSentence } from '../sentence.ts'
import { type CutoverContext, type CutoverStep, isWaiting } from './step.ts'

/** Runs steps in their order, each on record before and after, until one fails or has to wait. */
export async function runSteps(
  context: CutoverContext,
  steps: readonly CutoverStep[],
): Promise<readonly CutoverStepReport[]> {
  const reports: CutoverStepReport[] = []
  for (const step of steps) {
    context.options.signal?.throwIfAborted()
    const report = await runStep(context, step)
    reports.push(report)
    // A dry run shows all of it, also what comes after something that is still missing.
    if (report.outcome === 'failed' || (report.outcome === 'waiting' && context.options.dryRun !== true))
      break
  }
  return reports
}

async function runStep(context: CutoverContext, step: CutoverStep): Promise<CutoverStepReport> {
  const { ledger, domain, migration, options, way } = context
  const { name, title } = step
  migration.emit({ type: 'step-started', domain, step: name, title })
  if (options.dryRun !== true) await ledger.cutoverSteps.start(domain, way, name)
  let report: CutoverStepReport
  try {
    const result = await step.run(context)
    const { outcome, message, detail, until, lines } = result
    if (options.dryRun !== true) {
      if (!isWaiting(result)) await ledger.cutoverSteps.finish(domain, way, name, { message, detail })
      else if (detail !== undefined) await ledger.cutoverSteps.keep(domain, way, name, detail)
    }
    report = {
      step: name,
      title,
      outcome,
      message,
      ...(lines === undefined ? {} : { lines }),
      ...(until === undefined ? {} : { until: until.toISOString() }),
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!(error instanceof MigrationError) || error instanceof DomainLockedError) throw error
    const hint = error.hint === undefined ? '' : ` ${asSentence(error.hint)}`
    report = {
      step: name,
      title,
      outcome: error instanceof GateError ? 'waiting' : 'failed',
      message: `${asSentence(error.message)}${hint}`,
    }
  }
  migration.emit({
    type: 'step-finished',
    domain,
    step: report.step,
    title,
    outcome: report.outcome,
    message: report.message,
  })
  return report
}
