import pLimit from 'p-limit'
import { DomainLockedError } from '../ledger/lock.ts'
import { countFindings } from './finding.ts'
import { chooseDomains, domainInventory, loadInventory } from './inventory.ts'
import { LoginGuard } from './logins.ts'
import { AddressBookSource } from './exporting/address-books.ts'
import type { Migration } from './migration.ts'
import { readLoginUsage } from './notifying/login-usage.ts'
import type { StageOptions } from './options.ts'
import { surveyDomain } from './survey-domain.ts'
import type { SurveyDomain, SurveyReport } from './survey-report.ts'

/**
 * Reads the old server and mailcow and names every problem beforehand. Without domains: all of the inventory. Re-runnable;
 * writes to no server. A domain that another run works on is left out and named in `skipped`.
 *
 * Rejects with `UsageError` (unknown domain), `ServerError` (old server or mailcow cannot be asked), `DomainLockedError`
 * (every domain is taken).
 */
export async function survey(
  migration: Migration,
  domains: readonly string[],
  options: StageOptions = {},
): Promise<SurveyReport> {
  const inventory = await loadInventory(migration, options)
  const names = chooseDomains(inventory, domains)
  const chosen = names.map((name) => domainInventory(inventory, name))
  migration.emit({ type: 'stage-started', stage: 'survey', domains: names })
  await using addressBooks = new AddressBookSource(migration.config.old.addressBooks)
  const shared = {
    addressBooks,
    guard: new LoginGuard(),
    filters: { guard: new LoginGuard(), away: undefined },
    logins: await readLoginUsage(migration.config, migration.now(), options),
    limit: pLimit(migration.config.copy.mailboxesAtOnce),
  }
  const surveyed: SurveyDomain[] = []
  const skipped: { domain: string; reason: string }[] = []
  let locked: DomainLockedError | undefined
  for (const domain of chosen) {
    try {
      surveyed.push(await surveyDomain(migration, domain, shared, options))
    } catch (error) {
      if (!(error instanceof DomainLockedError)) throw error
      locked = error
      skipped.push({ domain: domain.domain.domain, reason: error.message })
    }
  }
  if (surveyed.length === 0 && locked !== undefined) throw locked
  migration.emit({ type: 'stage-finished', stage: 'survey' })
  return surveyReport(migration, surveyed, skipped)
}

function surveyReport(
  migration: Migration,
  domains: readonly SurveyDomain[],
  skipped: SurveyReport['skipped'],
): SurveyReport {
  const open = domains.find((domain) => domain.counts.red > 0)
  const ready = domains.find((domain) => domain.counts.red === 0)
  const next =
    ready !== undefined && open === undefined
      ? `mailmove provision ${domains.map((domain) => domain.domain).join(' ')}`
      : open === undefined
        ? 'mailmove status'
        : `mailmove survey ${open.domain}`
  return {
    schema: 'mailmove.survey/1',
    at: migration.now().toISOString(),
    domains,
    skipped,
    counts: countFindings(domains.flatMap((domain) => domain.findings)),
    next,
  }
}
