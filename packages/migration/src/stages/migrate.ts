import pLimit, { type LimitFunction } from 'p-limit'
import { LedgerError } from '../ledger/errors.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { DomainLockedError } from '../ledger/lock.ts'
import { asciiDomain } from './ascii-names.ts'
import { GateError, MigrationError, UsageError } from './errors.ts'
import { cutoverWaits, mailFlowFacts, mailFlowState } from './mail-flow-status.ts'
import {
  MIGRATE_STAGES,
  type MigrateDomain,
  type MigrateReport,
  type MigrateStage,
  type MigrateStageResult,
} from './migrate-report.ts'
import { blockingFindings, type StageContext, STAGES, type Step } from './migrating/stages.ts'
import type { Migration } from './migration.ts'
import { warnGate } from './notifying/warn-gate.ts'
import type { StageOptions } from './options.ts'
import { status } from './status.ts'
import type { StatusMailFlow, StatusWait } from './status-report.ts'

export interface MigrateOptions extends StageOptions {
  /** The last stage to run; default all of them. */
  readonly until?: MigrateStage
  /** The first stage to run; default all of them. */
  readonly from?: MigrateStage
  /** Somebody has said yes to the cut-over. Without it every domain stops before its own. */
  readonly yes?: boolean
  /** Says which stages would be run, and runs none. */
  readonly dryRun?: boolean
  /** How many domains at once, default 2; cut-overs always one after the other. */
  readonly domainsAtOnce?: number
}

const DOMAINS_AT_ONCE = 2

/**
 * Runs the stages of domains in their order, each until the next gate: red findings, the waiting period after the warning, TTLs, allowed
 * hours, the cut-over that nobody has agreed to. Says what it waits for and until when; run again, it goes on. A domain that stops
 * does not stop the others: what stopped it is in the report.
 *
 * Rejects with `UsageError` (no domain), `LedgerError`, or the signal's reason.
 */
export async function migrate(
  migration: Migration,
  domains: readonly string[],
  options: MigrateOptions = {},
): Promise<MigrateReport> {
  if (domains.length === 0)
    throw new UsageError('No domain was named.', { hint: 'For example: mailmove migrate example.at' })
  const names = [...new Set(domains.map(asciiDomain))]
  const ledger = await migration.ledger('write')
  const limit = pLimit(options.domainsAtOnce ?? DOMAINS_AT_ONCE)
  // Two that change the same Postfix or restart the same containers would be in each other's way.
  const oneCutover = pLimit(1)
  const settled = await Promise.allSettled(
    names.map((domain) => limit(() => migrateDomain(migration, ledger, domain, options, oneCutover))),
  )
  options.signal?.throwIfAborted()
  const found = settled.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
  return {
    schema: 'mailmove.migrate/1',
    at: migration.now().toISOString(),
    dryRun: options.dryRun === true,
    until: options.until ?? 'catchup',
    domains: found,
    ok: found.every(({ outcome }) => outcome === 'done' || outcome === 'planned'),
  }
}

/** Once the cut-over has begun, nothing before it is done again. */
const BEGUN: readonly StatusMailFlow['state'][] = ['begun', 'mx-pending', 'moved', 'over']

async function migrateDomain(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  options: MigrateOptions,
  oneCutover: LimitFunction,
): Promise<MigrateDomain> {
  const results: MigrateStageResult[] = []
  const end = async (
    outcome: MigrateDomain['outcome'],
    why: Partial<Pick<MigrateDomain, 'reason' | 'message' | 'hint' | 'lines' | 'waitsFor'>> = {},
  ): Promise<MigrateDomain> => ({
    domain,
    outcome,
    stages: results,
    blockedBy: await blockingFindings(ledger, domain),
    waitsFor: [],
    ...why,
    next: await nextOf(migration, domain, why.reason),
  })
  const state = async (): Promise<StatusMailFlow['state']> =>
    mailFlowState(await mailFlowFacts(ledger, domain))
  const context: StageContext = {
    migration,
    ledger,
    domain,
    options: options.signal === undefined ? {} : { signal: options.signal },
  }
  if ((await state()) === 'taking-back')
    return end('stopped', {
      reason: 'gate',
      message: 'It is being taken back to the old server.',
      hint: `End that first: mailmove rollback ${domain}`,
    })
  for (const stage of chosenStages(options)) {
    options.signal?.throwIfAborted()
    const flow = await state()
    if (isBehind(stage, flow)) continue
    if (options.dryRun === true) {
      results.push({ stage, outcome: 'planned', message: 'It will be run.' })
      continue
    }
    if (stage === 'cutover' && !BEGUN.includes(flow)) {
      const waits = await waitsOf(context)
      if (waits.length > 0)
        return end('stopped', {
          reason: 'waits',
          message: 'The cut-over has to wait.',
          waitsFor: waits,
          hint: `Then run it again: mailmove migrate ${domain}`,
        })
      if (options.yes !== true)
        return end('stopped', {
          reason: 'confirmation',
          message: 'Everything before the cut-over is done; nobody has said yes to it yet.',
          hint: `Look at it with mailmove cutover ${domain} --dry-run, then: mailmove migrate ${domain} --yes`,
        })
    }
    let step: Step
    try {
      const run = (): Promise<Step> => STAGES[stage](context)
      step = stage === 'cutover' || stage === 'prepare' ? await oneCutover(run) : await run()
    } catch (error) {
      options.signal?.throwIfAborted()
      const stopped = stoppedBy(error)
      const { outcome, message } = stopped
      results.push({ stage, outcome, message })
      return end(outcome, stopped.why)
    }
    results.push({ stage, ...step.result })
    if (step.stop === undefined) continue
    const { outcome } = step.result
    const waitsFor = stage === 'cutover' ? await waitsOf(context) : []
    return end(outcome === 'partial' || outcome === 'failed' ? outcome : 'stopped', {
      ...step.stop,
      waitsFor,
    })
  }
  return end(options.dryRun === true ? 'planned' : 'done')
}

function chosenStages({ from = 'survey', until = 'catchup' }: MigrateOptions): readonly MigrateStage[] {
  return MIGRATE_STAGES.slice(MIGRATE_STAGES.indexOf(from), MIGRATE_STAGES.indexOf(until) + 1)
}

function isBehind(stage: MigrateStage, flow: StatusMailFlow['state']): boolean {
  if (!BEGUN.includes(flow)) return false
  if (stage === 'catchup') return false
  return stage !== 'cutover' || flow === 'moved' || flow === 'over'
}

/** Time that has to pass, as the ledger and the configuration have it. */
async function waitsOf({ migration, ledger, domain }: StageContext): Promise<readonly StatusWait[]> {
  const facts = await mailFlowFacts(ledger, domain)
  return cutoverWaits(migration, facts, await warnGate(migration, ledger, domain))
}

interface Stopped {
  readonly outcome: 'stopped' | 'failed'
  readonly message: string
  readonly why: Partial<Pick<MigrateDomain, 'reason' | 'message' | 'hint'>>
}

/** What ends one domain and not the others. Throws what ends everything. */
function stoppedBy(error: unknown): Stopped {
  if (error instanceof DomainLockedError) {
    const { message } = error
    return { outcome: 'stopped', message, why: { reason: 'locked', message } }
  }
  if (error instanceof LedgerError || !(error instanceof MigrationError)) throw error
  const { message, hint } = error
  const why = { message, ...(hint === undefined ? {} : { hint }) }
  if (error instanceof GateError)
    return {
      outcome: 'stopped',
      message,
      why: { ...why, reason: error.findings.length > 0 ? 'findings' : 'gate' },
    }
  if (error instanceof UsageError) return { outcome: 'stopped', message, why: { ...why, reason: 'usage' } }
  return { outcome: 'failed', message, why }
}

async function nextOf(
  migration: Migration,
  domain: string,
  reason: MigrateDomain['reason'],
): Promise<string> {
  if (reason === 'confirmation') return `mailmove migrate ${domain} --yes`
  if (reason === 'waits') return `mailmove migrate ${domain}`
  const [found] = (await status(migration, [domain])).domains
  return found?.next ?? `mailmove status ${domain}`
}
