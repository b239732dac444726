import { processUser } from '../ledger/operator.ts'
import { asciiDomain } from './ascii-names.ts'
import { UsageError } from './errors.ts'
import { isBlocking } from './finding.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import { reportedFinding } from './recorded-findings.ts'
import type { AcceptReport } from './survey-report.ts'

export interface AcceptRequest {
  readonly domain: string
  readonly code: string
  /** Absent: all red findings of the domain with this code. */
  readonly item?: string
  /** Mandatory; kept with the acceptance. */
  readonly reason: string
  /** Who decided; default: the user that the process runs as. */
  readonly who?: string
}

/** Lets red findings pass, on the record. Rejects with `UsageError` when there is no such finding or no reason. */
export async function accept(
  migration: Migration,
  request: AcceptRequest,
  options: StageOptions = {},
): Promise<AcceptReport> {
  options.signal?.throwIfAborted()
  const domain = asciiDomain(request.domain)
  const reason = request.reason.trim()
  if (reason === '')
    throw new UsageError('A red finding passes only with a reason.', {
      hint: `mailmove accept ${domain} ${request.code} --reason "..."`,
    })
  const ledger = await migration.ledger('write')
  const accepted = await ledger.findings.accept({
    domain,
    code: request.code,
    ...(request.item === undefined ? {} : { item: request.item }),
    reason,
    who: request.who ?? processUser(),
  })
  const findings = (await ledger.findings.list(domain)).map(reportedFinding)
  const remaining = findings.filter(isBlocking)
  if (accepted.length === 0) throw noSuchFinding(request, remaining.map(nameOf))
  const isProvisioned = (await ledger.stages.latestDone(domain, 'provision')) !== undefined
  const stage = isProvisioned ? 'copy' : 'provision'
  const isAmong = new Set(accepted.map(({ code, item }) => JSON.stringify([code, item])))
  return {
    schema: 'mailmove.accept/1',
    at: migration.now().toISOString(),
    domain,
    code: request.code,
    reason,
    accepted: findings.filter(({ code, item }) => isAmong.has(JSON.stringify([code, item]))),
    remaining,
    next: remaining.length === 0 ? `mailmove ${stage} ${domain}` : `mailmove status ${domain}`,
  }
}

function nameOf({ code, item }: { readonly code: string; readonly item?: string }): string {
  return item === undefined ? code : `${code} "${item}"`
}

function noSuchFinding(request: AcceptRequest, open: readonly string[]): UsageError {
  const wanted = nameOf(request)
  const hint =
    open.length === 0
      ? `${request.domain} has no red finding that is open.`
      : `Open are: ${open.slice(0, 10).join(', ')}${open.length > 10 ? ', ...' : ''}.`
  return new UsageError(`${request.domain} has no open red finding ${wanted}.`, { hint })
}
