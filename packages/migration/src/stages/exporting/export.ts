import { join, resolve } from 'node:path'
import pLimit, { type LimitFunction } from 'p-limit'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Amount } from '../amount.ts'
import { releaseAppPassword } from '../app-passwords.ts'
import { asciiAddress, domainSettings } from '../ascii-names.ts'
import { knownDomains } from '../chosen-mailboxes.ts'
import { ServerError } from '../errors.ts'
import { existingLedger } from '../existing-ledger.ts'
import type { Finding } from '../finding.ts'
import { limitedAll } from '../limited-all.ts'
import { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { WriteStageOptions } from '../options.ts'
import { recordedOwnership } from '../ownership.ts'
import { reportedFinding } from '../recorded-findings.ts'
import { assertMailboxesRecorded } from '../recorded-mailboxes.ts'
import { runStage } from '../stage-run.ts'
import { lastSurvey } from '../survey-record.ts'
import { AddressBookSource } from './address-books.ts'
import { ExportFolder } from './export-folder.ts'
import { exportMailbox, type ExportRequest, type ExportShared } from './export-mailbox.ts'
import type { ExportDomain, ExportMailbox, ExportReport } from './export-report.ts'
import { exportFindings } from './findings.ts'
import { exportGlobalScripts } from './global-scripts.ts'
import { oldNamespaceOf } from './old-namespace.ts'
import { addTotals, totalsOf } from './totals.ts'
import type { ContactServer } from './import-contacts.ts'
import { withAddressBooks } from './with-address-books.ts'
import { withContacts } from './with-contacts.ts'

export interface ExportOptions extends WriteStageOptions {
  /** Where the files go: a folder for each mailbox. Default `exports` in the working folder. */
  readonly directory?: string
}

/**
 * Exports what users have beside their mail, as files, one folder a mailbox: their Sieve scripts as they were and as the
 * new server takes them, and their address books. Repeatable: a second run writes only what has changed, and keeps what is
 * gone on the old server. For domains with `filters: install` the active script is also put on mailcow, with
 * `importContacts` the contacts are put into SOGo.
 *
 * What fails for one mailbox is data in the report (`failure`). Rejects with `GateError` (never surveyed), `UsageError`
 * (also: the folder cannot be written), `ServerError` (`old.sieve` is away), `DomainLockedError`, or the signal's reason.
 */
export async function exportDomains(
  migration: Migration,
  domains: readonly string[],
  options: ExportOptions = {},
): Promise<ExportReport> {
  const { config } = migration
  const isDryRun = options.dryRun === true
  const startedAt = migration.now().getTime()
  const existing = isDryRun ? await existingLedger(migration) : await migration.ledger('write')
  const names = await knownDomains(existing, domains, 'export')
  const ledger = existing ?? (await migration.ledger('read'))
  await assertMailboxesRecorded(ledger, names, options.mailboxes)
  const directory = resolve(options.directory ?? join(config.workDir, 'exports'))
  await using addressBooks = new AddressBookSource(config.old.addressBooks)
  const shared: ExportRun = {
    addressBooks,
    oldGuard: new LoginGuard(),
    newServer: { guard: new LoginGuard(), away: undefined },
    contactServer: {
      guard: new LoginGuard('SOGo seems not to accept app passwords'),
      away: undefined,
    },
    directory,
    root: isDryRun ? undefined : await ExportFolder.root(directory),
    limit: pLimit(config.copy.mailboxesAtOnce),
  }
  migration.emit({ type: 'stage-started', stage: 'export', domains: names })
  const globalScripts = await exportGlobalScripts(config.old.sieveFiles, shared.root, options)
  const results = await limitedAll(pLimit(names.length), names, (domain) =>
    isDryRun
      ? workOn(migration, ledger, domain, shared, options)
      : exportDomain(migration, ledger, domain, shared, options),
  )
  migration.emit({ type: 'stage-finished', stage: 'export' })
  return {
    schema: 'mailmove.export/1',
    at: migration.now().toISOString(),
    dryRun: isDryRun,
    directory,
    source: config.old.sieveFiles === undefined ? 'managesieve' : 'files',
    domains: results,
    globalScripts,
    totals: addTotals(results.map(({ totals }) => totals)),
    durationMs: migration.now().getTime() - startedAt,
    ok: results.every(({ outcome }) => outcome !== 'partial' && outcome !== 'failed'),
  }
}

interface ExportRun extends ExportShared {
  readonly addressBooks: AddressBookSource
  readonly contactServer: ContactServer
  readonly limit: LimitFunction
}

async function exportDomain(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  shared: ExportRun,
  options: ExportOptions,
): Promise<ExportDomain> {
  return runStage(ledger, domain, 'export', options.signal, async () => {
    const found = await workOn(migration, ledger, domain, shared, options)
    await removeAppPasswords(migration, ledger, domain)
    const recorded = (await ledger.findings.list(domain)).filter(({ scope }) => scope.startsWith('export:'))
    const value = { ...found, findings: recorded.map(reportedFinding) }
    for (const finding of value.findings) migration.emit({ type: 'finding', finding })
    const state = value.outcome === 'partial' ? 'incomplete' : value.outcome === 'failed' ? 'failed' : 'done'
    return { value, state, summary: summaryOf(value) }
  })
}

/** What a run that died left behind: no way into somebody's mailbox stays open. */
async function removeAppPasswords(migration: Migration, ledger: Ledger, domain: string): Promise<void> {
  for (const { mailbox } of await ledger.appPasswords.outstanding(domain))
    try {
      await releaseAppPassword(migration, ledger, mailbox)
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      const message = `The app password of ${mailbox} on mailcow could not be removed: ${error.message}`
      migration.emit({ type: 'notice', stage: 'export', domain, mailbox, message })
    }
}

async function workOn(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  shared: ExportRun,
  options: ExportOptions,
): Promise<ExportDomain> {
  const requests = await requestsOf(migration, ledger, domain, options.mailboxes)
  migration.emit({ type: 'domain-started', stage: 'export', domain, mailboxes: requests.length })
  const mailboxes = await limitedAll(shared.limit, requests, async (request) => {
    options.signal?.throwIfAborted()
    const { mailbox } = request
    migration.emit({ type: 'mailbox-started', stage: 'export', domain, mailbox })
    const filters = await exportMailbox(migration, ledger, request, shared, options)
    const exported = await withAddressBooks(filters, shared.addressBooks, shared.root, options.signal)
    const contacts = {
      source: shared.addressBooks,
      server: shared.contactServer,
      dryRun: shared.root === undefined,
    }
    const result = await withContacts(migration, ledger, request, exported, contacts, options)
    if (shared.root !== undefined) await record(ledger, domain, result)
    migration.emit({
      type: 'mailbox-finished',
      stage: 'export',
      domain,
      mailbox,
      outcome: result.outcome === 'planned' ? 'unchanged' : result.outcome,
      done: amountOf(result),
      summary: amountInWords(result),
      ...(result.failure === undefined ? {} : { message: result.failure.message }),
    })
    return result
  })
  const sorted = mailboxes.toSorted((one, other) => (one.mailbox < other.mailbox ? -1 : 1))
  const outcome = domainOutcome(sorted)
  migration.emit({
    type: 'domain-finished',
    stage: 'export',
    domain,
    outcome: outcome === 'planned' ? 'done' : outcome,
  })
  return {
    domain,
    outcome,
    mailboxes: sorted,
    findings: sorted.flatMap((mailbox): readonly Finding[] => exportFindings(domain, mailbox)),
    totals: addTotals(sorted.map(totalsOf)),
    next:
      outcome === 'partial' || outcome === 'failed'
        ? `mailmove export ${domain}`
        : `mailmove status ${domain}`,
  }
}

/** Every mailbox that moves; also those that mailcow will not take, whose owners want their filters all the more. */
async function requestsOf(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  only: readonly string[] | undefined,
): Promise<readonly ExportRequest[]> {
  const settings = domainSettings(migration.config, domain)
  const wanted =
    only === undefined ? undefined : new Set(only.map((address) => asciiAddress(address.toLowerCase())))
  const survey = await lastSurvey(ledger, domain)
  const ownership = recordedOwnership(await ledger.objects.list(domain), await ledger.findings.list(domain))
  const listed = await ledger.mailboxes.list(domain)
  const maps = await Promise.all(listed.map(({ address }) => ledger.folderMaps.get(address)))
  const oldNamespace = oldNamespaceOf(maps.filter((map) => map !== undefined))
  return listed
    .filter(({ address, listed: isListed }) => isListed && settings.mailboxes.get(address)?.skip !== true)
    .filter(({ address }) => wanted?.has(address) ?? true)
    .map(({ address, announcedAt }) => ({
      domain,
      mailbox: address,
      settings,
      isOurs: ownership.of('mailbox', address) !== 'foreign',
      isAnnounced: announcedAt !== undefined,
      oldNamespace,
      hasMail: (survey?.mailboxes.get(address)?.size?.messages ?? 0) > 0,
    }))
}

/** Scripts and contacts, not messages. */
function amountOf(result: ExportMailbox): Amount {
  const { scripts, contacts } = totalsOf(result)
  return { messages: scripts + contacts, bytes: 0 }
}

function amountInWords(result: ExportMailbox): string {
  const { scripts, contacts } = totalsOf(result)
  const parts = [
    ...(scripts === 0 ? [] : [`${scripts} ${scripts === 1 ? 'script' : 'scripts'}`]),
    ...(contacts === 0 ? [] : [`${contacts} ${contacts === 1 ? 'contact' : 'contacts'}`]),
  ]
  return parts.length === 0 ? 'nothing to export' : parts.join(' and ')
}

/** What status, later runs and the hand-over mail need to know. */
async function record(ledger: Ledger, domain: string, result: ExportMailbox): Promise<void> {
  const { mailbox, outcome, filters, addressBooks, failure } = result
  const { scripts, active, rewritten, refused, installed, contacts, imported } = totalsOf(result)
  await ledger.findings.replace(domain, `export:${mailbox}`, exportFindings(domain, result))
  await ledger.mailboxes.recordResult({
    address: mailbox,
    stage: 'export',
    state: outcome === 'failed' ? 'failed' : 'done',
    summary:
      failure === undefined ? `${scripts} Sieve scripts and ${contacts} contacts exported` : failure.message,
    counts: {
      scripts,
      active,
      rewritten,
      refused,
      installed,
      waiting: filters?.install?.outcome === 'waiting' ? 1 : 0,
      contacts,
      imported,
      contactsWaiting: addressBooks?.import?.outcome === 'waiting' ? 1 : 0,
    },
  })
}

function domainOutcome(mailboxes: readonly ExportMailbox[]): ExportDomain['outcome'] {
  const failed = mailboxes.filter((mailbox) => mailbox.outcome === 'failed').length
  if (failed > 0) return failed === mailboxes.length ? 'failed' : 'partial'
  if (mailboxes.some((mailbox) => mailbox.outcome === 'planned')) return 'planned'
  return mailboxes.every((mailbox) => mailbox.outcome === 'unchanged') ? 'unchanged' : 'done'
}

function summaryOf({ outcome, totals, mailboxes }: ExportDomain): string {
  const failed = mailboxes.filter((mailbox) => mailbox.outcome === 'failed').length
  const suffix = failed === 0 ? '' : `, ${failed} of ${mailboxes.length} mailboxes failed`
  const installed = totals.installed === 0 ? '' : `, ${totals.installed} on mailcow`
  const start = outcome === 'unchanged' ? 'nothing new: ' : ''
  const scripts = `${totals.scripts} Sieve scripts of ${totals.withScripts} mailboxes${installed}`
  const contacts = totals.contacts === 0 ? '' : `, ${totals.contacts} contacts of ${totals.withContacts}`
  const imported = totals.imported === 0 ? '' : `, in SOGo for ${totals.imported}`
  return `${start}${scripts}${contacts}${imported}${suffix}`
}
