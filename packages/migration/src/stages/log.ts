import { asciiDomain } from './ascii-names.ts'
import { UsageError } from './errors.ts'
import { existingLedger } from './existing-ledger.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'

export interface LogOptions extends StageOptions {
  /** Only what began then or later. */
  readonly since?: Date
}

/** A write to the outside world, or the run of a stage that it was part of. */
export interface LogEntry {
  readonly kind: 'write' | 'run'
  /** When it was intended, durably, before it was made; for a run when it began. ISO 8601. */
  readonly at: string
  readonly endedAt?: string
  readonly domain: string
  /** Who ran the command; absent in records of earlier versions. */
  readonly operator?: string
  /** The server that was written to; absent for a run. */
  readonly system?: string
  /** `mailboxes.add`, `notices.append`; for a run its stage. */
  readonly operation: string
  /** What it was done to; absent for a run, which is about the domain. */
  readonly item?: string
  /** What was to be written, without secrets. */
  readonly intent?: unknown
  /** `open`: the process died in between, or is still at it; other words are those of the ledger. */
  readonly outcome: string
  /** What the server said. */
  readonly message?: string
}

export interface LogReport {
  readonly schema: 'mailmove.log/1'
  /** ISO 8601. */
  readonly at: string
  /** ISO 8601. */
  readonly since?: string
  /** Empty: all. */
  readonly domains: readonly string[]
  /** Oldest first. */
  readonly entries: readonly LogEntry[]
}

/**
 * Every write to the outside world, of all domains or some: when, who, what was intended, what came of it. Messages are copied by
 * runs of `copy`, `catchup` and `cutover`, whose entries stand for them: which message is where is the ledger's own account.
 * Asks no server. Rejects with `UsageError` for a domain that the ledger does not know.
 */
export async function log(
  migration: Migration,
  domains: readonly string[],
  { since, signal }: LogOptions = {},
): Promise<LogReport> {
  const ledger = await existingLedger(migration)
  const names = [...new Set(domains.map(asciiDomain))]
  const known = new Set((await ledger?.domains.list())?.map(({ domain }) => domain))
  const unknown = names.filter((name) => !known.has(name))
  if (unknown.length > 0)
    throw new UsageError(`The ledger knows nothing of ${unknown.join(', ')}.`, {
      hint: 'See what it knows with: mailmove status',
    })
  const entries: LogEntry[] = []
  for (const domain of ledger === undefined ? [] : names.length === 0 ? [undefined] : names) {
    const which = { ...(domain === undefined ? {} : { domain }), ...(since === undefined ? {} : { since }) }
    for await (const write of ledger?.writes.log(which) ?? []) {
      signal?.throwIfAborted()
      const { result, payload, operator } = write
      entries.push({
        kind: 'write',
        at: write.intendedAt.toISOString(),
        ...(result === undefined ? {} : { endedAt: result.at.toISOString() }),
        domain: write.domain,
        ...(operator === undefined ? {} : { operator }),
        system: write.system,
        operation: write.operation,
        item: write.item,
        ...(payload === undefined ? {} : { intent: payload }),
        outcome: result?.outcome ?? 'open',
        ...(result?.message === undefined ? {} : { message: result.message }),
      })
    }
    for (const run of (await ledger?.stages.log(which)) ?? [])
      entries.push({
        kind: 'run',
        at: run.startedAt.toISOString(),
        ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt.toISOString() }),
        domain: run.domain,
        ...(run.operator === undefined ? {} : { operator: run.operator }),
        operation: run.stage,
        outcome: run.state === 'running' ? 'open' : run.state,
        ...(run.summary === undefined ? {} : { message: run.summary }),
      })
  }
  return {
    schema: 'mailmove.log/1',
    at: migration.now().toISOString(),
    ...(since === undefined ? {} : { since: since.toISOString() }),
    domains: names,
    // A run before the writes that it made in the same millisecond.
    entries: entries.toSorted((one, other) => compare(one.at, other.at) || compare(one.kind, other.kind)),
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
