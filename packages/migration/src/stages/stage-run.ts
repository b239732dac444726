import { AsyncLocalStorage } from 'node:async_hooks'
import type { Ledger } from '../ledger/ledger.ts'
import type { Stage, StageOutcome } from '../ledger/stages.ts'
import { GateError } from './errors.ts'

/** What a stage did for one domain, for the ledger. */
export interface StageResult<Value> {
  readonly value: Value
  readonly state: StageOutcome
  readonly summary: string
}

/** The runs that the present one is a part of, by domain: a cut-over copies and verifies under its own lock. */
const around = new AsyncLocalStorage<ReadonlyMap<string, readonly number[]>>()

/**
 * Runs a stage for one domain under its lock, on record: started before, ended after, whatever happens in between.
 * Within another stage of the same domain the lock is that one's. Rejects with `DomainLockedError` when another run has the domain.
 */
export async function runStage<Value>(
  ledger: Ledger,
  domain: string,
  stage: Stage,
  signal: AbortSignal | undefined,
  work: () => Promise<StageResult<Value>>,
): Promise<Value> {
  const outer = around.getStore()?.get(domain) ?? []
  await using lock =
    outer.length > 0 ? undefined : await ledger.lockDomain(domain, { command: `mailmove ${stage} ${domain}` })
  await ledger.domains.ensure(lock?.holder.domain ?? domain)
  const run = await ledger.stages.start(domain, stage, { within: outer })
  const inner = new Map(around.getStore()).set(domain, [...outer, run.id])
  try {
    const { value, state, summary } = await around.run(inner, work)
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
