import type { Ledger } from '../ledger/ledger.ts'
import type { Stage, StageOutcome } from '../ledger/stages.ts'
import { GateError } from './errors.ts'

/** What a stage did for one domain, for the ledger. */
export interface StageResult<Value> {
  readonly value: Value
  readonly state: StageOutcome
  readonly summary: string
}

/**
 * Runs a stage for one domain under its lock, on record: started before, ended after, whatever happens in between.
 * Rejects with `DomainLockedError` when another run has the domain.
 */
export async function runStage<Value>(
  ledger: Ledger,
  domain: string,
  stage: Stage,
  signal: AbortSignal | undefined,
  work: () => Promise<StageResult<Value>>,
): Promise<Value> {
  await using lock = await ledger.lockDomain(domain, { command: `mailmove ${stage} ${domain}` })
  await ledger.domains.ensure(domain)
  const run = await ledger.stages.start(lock.holder.domain, stage)
  try {
    const { value, state, summary } = await work()
    await ledger.stages.finish(run.id, { state, summary, report: value })
    return value
  } catch (error) {
    const state = error instanceof GateError ? 'stopped' : signal?.aborted === true ? 'interrupted' : 'failed'
    await ledger.stages.finish(run.id, { state, summary: firstLine(error) })
    throw error
  }
}

/** One line for `status`: our own errors hold no secrets, and of others only the kind is kept. */
function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.name).slice(0, 300) : 'unknown error'
}
