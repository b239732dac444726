import { z } from 'zod'
import type { Ledger } from '../ledger/ledger.ts'
import type { CatchupDomain, CatchupReport } from './catchup-report.ts'
import { knownDomains, movingMailboxes } from './chosen-mailboxes.ts'
import { copy } from './copy.ts'
import { GateError } from './errors.ts'
import type { Migration } from './migration.ts'
import type { WriteStageOptions } from './options.ts'
import { runStage } from './stage-run.ts'

/** Servers that could not deliver try for five days (RFC 5321 §4.5.4.1); two more for what clients still save. */
const QUIET_DAYS = 7
const DAY_MS = 24 * 60 * 60_000

/**
 * After the cut-over: late mail, and what old clients still save in old mailboxes (Sent, Drafts), is added to the new ones. Only adds; what
 * a user did there is never touched. Run it daily; it says itself when nothing comes any more.
 *
 * Rejects with `GateError` (the domain is not cut over), `UsageError`, `DomainLockedError`, or the signal's reason.
 */
export async function catchup(
  migration: Migration,
  domains: readonly string[],
  options: WriteStageOptions = {},
): Promise<CatchupReport> {
  const ledger = await migration.ledger(options.dryRun === true ? 'read' : 'write')
  const names = await knownDomains(ledger, domains, 'catchup')
  const results: CatchupDomain[] = []
  for (const domain of names) {
    if ((await ledger.domains.phase(domain)) !== 'additive')
      throw new GateError(`${domain} is not cut over yet: until then, mailmove copy brings what is new.`, {
        domains: [domain],
        hint: `Run: mailmove copy ${domain}`,
      })
    results.push(await catchupDomain(migration, ledger, domain, options))
  }
  return {
    schema: 'mailmove.catchup/1',
    at: migration.now().toISOString(),
    dryRun: options.dryRun === true,
    domains: results,
    ok: results.every(({ outcome }) => outcome !== 'partial' && outcome !== 'failed'),
  }
}

async function catchupDomain(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  options: WriteStageOptions,
): Promise<CatchupDomain> {
  const before = await quietSince(ledger, domain)
  const { mailboxes, inactive } = await reachable(migration, ledger, domain, options.mailboxes)
  const work = async (): Promise<CatchupDomain> => {
    const { domains } = await copy(migration, [domain], { ...options, mailboxes })
    const [found] = domains
    if (found === undefined) throw new Error(`copy has no report of ${domain}`)
    const isQuiet = found.outcome === 'unchanged' && options.mailboxes === undefined
    const now = migration.now()
    const since = isQuiet ? (before ?? now) : undefined
    const ended = since !== undefined && now.getTime() - since.getTime() >= QUIET_DAYS * DAY_MS
    return {
      ...found,
      ended,
      inactive,
      ...(since === undefined ? {} : { quietSince: since.toISOString() }),
      next: ended ? `mailmove status ${domain}` : `mailmove catchup ${domain}`,
    }
  }
  if (options.dryRun === true) return work()
  return runStage(ledger, domain, 'catchup', options.signal, async () => {
    const value = await work()
    const failed = value.outcome === 'partial' || value.outcome === 'failed'
    const summary = failed
      ? 'not every mailbox could be looked at'
      : value.totals.copied === 0
        ? `nothing came${value.ended ? `, for ${QUIET_DAYS} days: it is over` : ''}`
        : `${value.totals.copied} late messages were added`
    return { value, state: failed ? 'incomplete' : 'done', summary }
  })
}

const withQuiet = z.looseObject({ quietSince: z.string().exactOptional() })

/** What the last run said. */
async function quietSince(ledger: Ledger, domain: string): Promise<Date | undefined> {
  const last = await ledger.stages.latest(domain, 'catchup')
  const report = last === undefined ? undefined : withQuiet.safeParse(await ledger.stages.report(last.id))
  const text = report?.success === true ? report.data.quietSince : undefined
  return text === undefined ? undefined : new Date(text)
}

async function reachable(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  only: readonly string[] | undefined,
): Promise<{ readonly mailboxes: readonly string[]; readonly inactive: readonly string[] }> {
  const moving = movingMailboxes(migration, domain, await ledger.mailboxes.list(domain))
  const off = moving.filter(({ active }) => !active).map(({ address }) => address)
  const on = moving.filter(({ active }) => active).map(({ address }) => address)
  return { mailboxes: only ?? on, inactive: off }
}
