import type { LimitFunction } from 'p-limit'
import { domainSettings } from './ascii-names.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { allFindings } from './all-findings.ts'
import type { Amount } from './amount.ts'
import { forgetCopyFindings } from './copying/copy-scope.ts'
import { type DomainFacts, gatherDomain, SURVEY_SCOPE } from './domain-facts.ts'
import type { AddressBookSource } from './exporting/address-books.ts'
import { surveyAddressBooks } from './exporting/survey-address-books.ts'
import { type FilterSurvey, surveyFilters } from './exporting/survey-filters.ts'
import { countFindings, type Finding, isBlocking } from './finding.ts'
import { diskFindings } from './findings/server-findings.ts'
import { forecastDomain } from './forecasting/forecast.ts'
import { measuredCopies } from './forecasting/measured-copies.ts'
import type { DomainInventory } from './inventory.ts'
import { limitedAll } from './limited-all.ts'
import type { LoginGuard } from './logins.ts'
import { type MailboxReading, surveyMailbox } from './mailbox-survey.ts'
import type { Migration } from './migration.ts'
import { loginLogFindings, surveyedLogins } from './notifying/login-findings.ts'
import type { LoginReading } from './notifying/login-usage.ts'
import type { StageOptions } from './options.ts'
import { movedMailboxes, plannedQuotaBytes } from './planning/desire.ts'
import { reportedFinding } from './recorded-findings.ts'
import { readFreeDisk, readPasswordPolicy } from './server-facts.ts'
import { runStage } from './stage-run.ts'
import { lastSurvey } from './survey-record.ts'
import type { SurveyDomain, SurveyMailbox } from './survey-report.ts'

/** What the domains of one survey share. */
export interface SurveyShared {
  readonly guard: LoginGuard
  readonly filters: FilterSurvey
  readonly logins: LoginReading
  readonly addressBooks: AddressBookSource
  readonly limit: LimitFunction
}

/** Surveys one domain under its lock and keeps what it found in the ledger. */
export async function surveyDomain(
  migration: Migration,
  inventory: DomainInventory,
  shared: SurveyShared,
  options: StageOptions,
): Promise<SurveyDomain> {
  const ledger = await migration.ledger('write')
  const name = inventory.domain.domain
  return runStage(ledger, name, 'survey', options.signal, async () => {
    const facts = await gatherDomain(migration, ledger, inventory, options)
    const policy = await readPasswordPolicy(await migration.mailcow(), options)
    const readings = await readMailboxes(migration, ledger, inventory, shared, options)
    await ledger.mailboxes.record(name, inventory.domain.mailboxes)
    await forgetCopyFindings(ledger, name, new Set(readings.keys()))
    for (const [address, { size, folders }] of readings)
      if (size !== undefined)
        await ledger.mailboxes.recordResult({
          address,
          stage: 'survey',
          state: 'done',
          counts: { messages: size.messages, bytes: size.bytes, folders: folders.length },
        })
    const total = totalOf(readings)
    const found = allFindings(migration, facts, policy, knownSizes(readings), [
      ...[...readings.values()].flatMap((reading) => reading.findings),
      ...loginLogFindings(name, shared.logins),
      ...diskFindings({
        domain: name,
        neededBytes: total.bytes,
        freeBytes: await readFreeDisk(await migration.mailcow(), options),
      }),
    ])
    const findings = (await ledger.findings.replace(name, SURVEY_SCOPE, found)).map(reportedFinding)
    for (const finding of findings) migration.emit({ type: 'finding', finding })
    const value: SurveyDomain = {
      ...surveyReport(migration, facts, readings, findings, shared.logins),
      forecast: forecastDomain(
        [...readings.values()].flatMap(({ size }) => (size === undefined ? [] : [size])),
        await measuredCopies(ledger),
        migration.config.copy.mailboxesAtOnce,
      ),
    }
    const outcome = findings.some(isBlocking) ? 'stopped' : 'done'
    migration.emit({ type: 'domain-finished', stage: 'survey', domain: name, outcome })
    return { value, state: 'done', summary: summaryOf(value) }
  })
}

async function readMailboxes(
  migration: Migration,
  ledger: Ledger,
  inventory: DomainInventory,
  shared: SurveyShared,
  options: StageOptions,
): Promise<ReadonlyMap<string, MailboxReading>> {
  const domain = inventory.domain.domain
  const mailboxes = movedMailboxes(inventory.domain, domainSettings(migration.config, domain))
  const before = await lastSurvey(ledger, domain)
  migration.emit({ type: 'domain-started', stage: 'survey', domain, mailboxes: mailboxes.length })
  const readings = await limitedAll(
    shared.limit,
    mailboxes,
    async ({ address }): Promise<[string, MailboxReading]> => {
      options.signal?.throwIfAborted()
      migration.emit({ type: 'mailbox-started', stage: 'survey', domain, mailbox: address })
      const earlier = before?.mailboxes.get(address)?.size
      const request = { domain, address, guard: shared.guard, earlier }
      const mail = await surveyMailbox(migration, ledger, request, options)
      const target = { domain, mailbox: address }
      const filtered = await withFilters(migration, ledger, target, mail, shared, options)
      const books = await surveyAddressBooks(shared.addressBooks, target, options.signal)
      const reading = { ...filtered, ...books, findings: [...filtered.findings, ...books.findings] }
      const done = reading.size ?? { messages: 0, bytes: 0 }
      const outcome = reading.size === undefined ? 'failed' : 'done'
      migration.emit({ type: 'mailbox-finished', stage: 'survey', domain, mailbox: address, outcome, done })
      return [address, reading]
    },
  )
  return new Map(readings)
}

/** Who cannot be entered for his mail is not asked for his scripts either. */
async function withFilters(
  migration: Migration,
  ledger: Ledger,
  target: { readonly domain: string; readonly mailbox: string },
  mail: MailboxReading,
  shared: SurveyShared,
  options: StageOptions,
): Promise<MailboxReading> {
  if (mail.size === undefined) return mail
  const request = { ...target, hasMail: mail.size.messages > 0 }
  const { filters, findings } = await surveyFilters(migration, ledger, request, shared.filters, options)
  return { ...mail, ...(filters === undefined ? {} : { filters }), findings: [...mail.findings, ...findings] }
}

function knownSizes(readings: ReadonlyMap<string, MailboxReading>): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>()
  for (const [address, { size, bytesKnown }] of readings)
    if (size !== undefined && bytesKnown) sizes.set(address, size.bytes)
  return sizes
}

function totalOf(readings: ReadonlyMap<string, MailboxReading>): Amount & { readonly folders: number } {
  let messages = 0
  let bytes = 0
  let folders = 0
  for (const reading of readings.values()) {
    messages += reading.size?.messages ?? 0
    bytes += reading.size?.bytes ?? 0
    folders += reading.folders.length
  }
  return { messages, bytes, folders }
}

function surveyReport(
  migration: Migration,
  facts: DomainFacts,
  readings: ReadonlyMap<string, MailboxReading>,
  findings: readonly Finding[],
  logins: LoginReading,
): SurveyDomain {
  const { name, inventory, desired } = facts
  const { domain, verdicts } = inventory
  const settings = domainSettings(migration.config, name)
  const mailboxes = domain.mailboxes.map((mailbox): SurveyMailbox => {
    const reading = readings.get(mailbox.address)
    return {
      address: mailbox.address,
      ...(mailbox.name === undefined ? {} : { name: mailbox.name }),
      active: mailbox.active,
      skipped: settings.mailboxes.get(mailbox.address)?.skip === true,
      oldQuotaBytes: mailbox.quotaBytes ?? null,
      newQuotaBytes: plannedQuotaBytes(mailbox, settings, migration.config.quotas),
      ...(reading?.size === undefined ? {} : { size: reading.size }),
      folders: reading?.folders ?? [],
      ...(reading?.filters === undefined ? {} : { filters: reading.filters }),
      ...(reading?.addressBooks === undefined ? {} : { addressBooks: reading.addressBooks }),
      ...surveyedLogins(logins, mailbox.address),
      onMailcow: onMailcow(facts, mailbox.address),
    }
  })
  const blocked = findings.some(isBlocking)
  return {
    domain: name,
    stage: 'survey',
    mailboxes,
    aliases: desired.aliases.length,
    forwards: desired.forwards.length,
    catchAll: verdicts.some((verdict) => verdict.verdict === 'catch-all' && verdict.active),
    aliasDomains: domain.aliasDomains,
    totals: {
      ...totalOf(readings),
      mailboxes: mailboxes.length,
      filters: activeFilters(mailboxes),
      ...addressBookTotals(mailboxes),
    },
    findings,
    counts: countFindings(findings),
    next: blocked ? `mailmove survey ${name}` : `mailmove provision ${name}`,
  }
}

function activeFilters(mailboxes: readonly SurveyMailbox[]): number {
  return mailboxes.filter(({ filters }) => filters?.active !== undefined).length
}

function addressBookTotals(
  mailboxes: readonly SurveyMailbox[],
): Pick<SurveyDomain['totals'], 'addressBooks' | 'contacts'> {
  const found = mailboxes.flatMap(({ addressBooks }) => (addressBooks === undefined ? [] : [addressBooks]))
  return {
    addressBooks: found.reduce((sum, { books }) => sum + books, 0),
    contacts: found.reduce((sum, { contacts, collected }) => sum + contacts + collected, 0),
  }
}

function onMailcow(facts: DomainFacts, address: string): SurveyMailbox['onMailcow'] {
  if (!facts.state.mailboxes.some((mailbox) => mailbox.address === address)) return 'absent'
  return facts.ownership.of('mailbox', address) === 'made' ? 'ours' : 'foreign'
}

function summaryOf(domain: SurveyDomain): string {
  const { red, yellow } = domain.counts
  const { mailboxes, messages } = domain.totals
  const found = red === 0 && yellow === 0 ? 'nothing in the way' : `${red} red and ${yellow} yellow findings`
  return `${mailboxes} mailboxes with ${messages} messages, ${found}`
}
