import pLimit from 'p-limit'
import { DomainLockedError } from '../ledger/lock.ts'
import { GateError, ServerError, UsageError } from './errors.ts'
import { asSentence } from './sentence.ts'
import { existingLedger } from './existing-ledger.ts'
import {
  assertMailboxesKnown,
  chooseDomains,
  chooseMailboxes,
  domainInventory,
  loadInventory,
} from './inventory.ts'
import { limitedAll } from './limited-all.ts'
import type { Migration } from './migration.ts'
import type { WriteStageOptions } from './options.ts'
import type { ProvisionDomain, ProvisionReport } from './plan-report.ts'
import { dryRunDomain, provisionDomain, type ProvisionRequest } from './provision-domain.ts'

/** Domains at once; each of them writes one thing after the other. */
const DOMAINS_AT_ONCE = 4

/**
 * Stages the domains on mailcow and reads every object back; running it again changes nothing and says so.
 *
 * Rejects with `GateError` when red findings or a missing survey stop a domain, and with `ServerError` when mailcow could
 * not be asked for any of them; in both cases `report` says what became of the others. Also `UsageError`, `SecretError`,
 * `DomainLockedError`. Killed at any instant and run again, it ends as if it had run through.
 */
export async function provision(
  migration: Migration,
  domains: readonly string[],
  options: WriteStageOptions = {},
): Promise<ProvisionReport> {
  const requests = await provisionRequests(migration, domains, options)
  const names = requests.map((request) => request.inventory.domain.domain)
  migration.emit({ type: 'stage-started', stage: 'provision', domains: names })
  const stopped: (GateError | ServerError)[] = []
  const locked: DomainLockedError[] = []
  const ledger = options.dryRun === true ? await existingLedger(migration) : undefined
  const results = await limitedAll(pLimit(DOMAINS_AT_ONCE), requests, async (request) => {
    try {
      return options.dryRun === true
        ? await dryRunDomain(migration, ledger, request, options)
        : await provisionDomain(migration, request, options)
    } catch (error) {
      if (error instanceof DomainLockedError) locked.push(error)
      else if (error instanceof GateError || error instanceof ServerError) stopped.push(error)
      else throw error
      return stoppedDomain(migration, request.inventory.domain.domain, error)
    }
  })
  if (locked[0] !== undefined && locked.length === requests.length) throw locked[0]
  migration.emit({ type: 'stage-finished', stage: 'provision' })
  const report: ProvisionReport = {
    schema: 'mailmove.provision/1',
    at: migration.now().toISOString(),
    dryRun: options.dryRun === true,
    domains: results,
    ok: results.every((domain) => ['done', 'unchanged', 'planned'].includes(domain.outcome)),
  }
  throwIfStopped(report, stopped)
  return report
}

async function provisionRequests(
  migration: Migration,
  domains: readonly string[],
  options: WriteStageOptions,
): Promise<readonly ProvisionRequest[]> {
  if (domains.length === 0)
    throw new UsageError('No domain was named.', { hint: 'For example: mailmove provision example.at' })
  const inventory = await loadInventory(migration, options)
  const chosen = chooseDomains(inventory, domains).map((name) => domainInventory(inventory, name))
  assertMailboxesKnown(
    chosen.map((each) => each.domain),
    options.mailboxes,
  )
  return chosen.map((each) => ({ inventory: each, only: chooseMailboxes(each.domain, options.mailboxes) }))
}

function stoppedDomain(
  migration: Migration,
  domain: string,
  error: GateError | ServerError | DomainLockedError,
): ProvisionDomain {
  const isGate = error instanceof GateError
  const outcome = isGate ? 'stopped' : 'failed'
  migration.emit({ type: 'domain-finished', stage: 'provision', domain, outcome })
  const findings = isGate ? error.findings : []
  return {
    domain,
    outcome,
    actions: [],
    changed: 0,
    unchanged: 0,
    remaining: [],
    blockedBy: findings,
    findings,
    message:
      error.hint === undefined ? asSentence(error.message) : `${asSentence(error.message)} ${error.hint}`,
    next: isGate
      ? `mailmove survey ${domain}`
      : error instanceof ServerError
        ? 'mailmove check'
        : `mailmove status ${domain}`,
  }
}

function throwIfStopped(report: ProvisionReport, stopped: readonly (GateError | ServerError)[]): void {
  const gates = stopped.filter((error) => error instanceof GateError)
  const [gate] = gates
  if (gate !== undefined)
    throw new GateError(gates.map((error) => error.message).join(' '), {
      domains: gates.flatMap((error) => error.domains),
      findings: gates.flatMap((error) => error.findings),
      hint: gate.hint ?? 'mailmove survey',
      report,
      cause: gate,
    })
  if (report.domains.length === 0 || report.domains.some((domain) => domain.outcome !== 'failed')) return
  const [failure] = stopped
  const message = report.domains[0]?.message ?? 'mailcow cannot be asked.'
  throw new ServerError(failure instanceof ServerError ? failure.server : 'new.mailcow', message, {
    hint: failure?.hint ?? 'Look at the servers with: mailmove check',
    report,
    ...(failure === undefined ? {} : { cause: failure }),
  })
}
