import type { Ledger } from '../ledger/ledger.ts'
import { DomainLockedError } from '../ledger/lock.ts'
import {
  addAdopted,
  type AdoptDomain,
  type AdoptMailbox,
  type AdoptReport,
  countAdopted,
} from './adopt-report.ts'
import { adoptFindings } from './adopting/adopt-findings.ts'
import { type LoginSources, lookAt, type LookedAt } from './adopting/look.ts'
import { readNewLogins } from './adopting/new-logins.ts'
import { remind, type Reminded } from './adopting/remind.ts'
import { tidyUp } from './adopting/tidy-up.ts'
import { asciiAddress, domainSettings } from './ascii-names.ts'
import { knownDomains, movingMailboxes } from './chosen-mailboxes.ts'
import { GateError } from './errors.ts'
import { existingLedger } from './existing-ledger.ts'
import type { Finding } from './finding.ts'
import type { Migration } from './migration.ts'
import { loginLogFindings } from './notifying/login-findings.ts'
import { readLoginUsage } from './notifying/login-usage.ts'
import { gatherNoticeFacts, type NoticeFacts } from './notifying/notice-facts.ts'
import { countNotices } from './notifying/notice-report.ts'
import { type NoticeRun, openNoticeRun } from './notifying/notice-run.ts'
import type { WriteStageOptions } from './options.ts'
import { reportedFinding } from './recorded-findings.ts'
import { assertMailboxesRecorded } from './recorded-mailboxes.ts'
import { runStage } from './stage-run.ts'

export interface AdoptOptions extends WriteStageOptions {
  /** Send the reminders that are due, and tell the contact of those for whom all were of no use. */
  readonly remind?: boolean
}

/**
 * Who has a password of his own, who logs in where, and who has to be reminded; nobody logs in to find out. The sealed initial password
 * of a mailbox whose user has another one is removed, and its letters.
 *
 * Rejects with `GateError` (nobody was handed over yet), `UsageError` (`remind` without `notify`), `ServerError`, `DomainLockedError`,
 * or the signal's reason. Killed at any instant and run again, each reminder is sent once.
 */
export async function adopt(
  migration: Migration,
  domains: readonly string[],
  options: AdoptOptions = {},
): Promise<AdoptReport> {
  const isDryRun = options.dryRun === true
  const existing = isDryRun ? await existingLedger(migration) : await migration.ledger('write')
  const names = await knownDomains(existing, domains, 'adopt')
  const ledger = existing ?? (await migration.ledger('read'))
  await assertMailboxesRecorded(ledger, names, options.mailboxes)
  for (const domain of names) await assertHandedOver(ledger, domain)
  await using run = options.remind === true ? await openNoticeRun(migration, options) : undefined
  const sources: LoginSources = {
    old: await readLoginUsage(migration.config, migration.now(), options),
    new: await readNewLogins(migration, options),
  }
  const facts = run === undefined ? [] : await gatherNoticeFacts(migration, ledger, names, options)
  const results: AdoptDomain[] = []
  const locked: DomainLockedError[] = []
  for (const domain of names) {
    const own = facts.find((each) => each.domain === domain)
    const reminding = run === undefined || own === undefined ? undefined : { run, facts: own }
    try {
      results.push(await adoptDomain({ migration, ledger, domain, sources, reminding, options }))
    } catch (error) {
      if (!(error instanceof DomainLockedError)) throw error
      locked.push(error)
      results.push(lockedDomain(domain))
    }
  }
  if (locked[0] !== undefined && locked.length === names.length) throw locked[0]
  return {
    schema: 'mailmove.adopt/1',
    at: migration.now().toISOString(),
    dryRun: isDryRun,
    domains: results,
    totals: addAdopted(results.map(({ counts }) => counts)),
    ok: results.every(({ outcome }) => outcome !== 'partial' && outcome !== 'failed'),
  }
}

async function assertHandedOver(ledger: Ledger, domain: string): Promise<void> {
  const mailboxes = await ledger.mailboxes.list(domain)
  if (mailboxes.some(({ announcedAt }) => announcedAt !== undefined)) return
  throw new GateError(`Nobody of ${domain} was handed over yet.`, {
    domains: [domain],
    hint: `The hand-over is part of: mailmove cutover ${domain}`,
  })
}

interface DomainWork {
  readonly migration: Migration
  readonly ledger: Ledger
  readonly domain: string
  readonly sources: LoginSources
  readonly reminding: { readonly run: NoticeRun; readonly facts: NoticeFacts } | undefined
  readonly options: AdoptOptions
}

async function adoptDomain(work: DomainWork): Promise<AdoptDomain> {
  const { ledger, domain, options } = work
  if (options.dryRun === true) return adoptWork(work)
  return runStage(ledger, domain, 'adopt', options.signal, async () => {
    const value = await adoptWork(work)
    const { mailboxes, done, inactive } = value.counts
    return {
      value,
      state: value.outcome === 'done' ? 'done' : 'incomplete',
      summary: `${done} of ${mailboxes - inactive} mailboxes are adopted`,
    }
  })
}

async function adoptWork(work: DomainWork): Promise<AdoptDomain> {
  const { migration, ledger, domain, sources, reminding, options } = work
  const isDryRun = options.dryRun === true
  const mailboxes = chosen(work, await ledger.mailboxes.list(domain))
  const looked = await lookAt(migration, ledger, domain, mailboxes, sources, options)
  const reminded: Reminded =
    reminding === undefined
      ? { notices: [], reminded: new Map(), onDigest: [], findings: [] }
      : await remind(reminding.run, ledger, reminding.facts, looked, options)
  const tidied = isDryRun
    ? { mailboxes: new Map<string, Partial<AdoptMailbox>>(), findings: [] }
    : await tidyUp(migration, ledger, domain, looked, options)
  const reports = looked.map(({ report }): AdoptMailbox => {
    const { mailbox } = report
    const count = reminded.reminded.get(mailbox)
    return {
      ...report,
      ...tidied.mailboxes.get(mailbox),
      ...(count === undefined ? {} : { reminders: [...new Set([...report.reminders, count])] }),
      ...(reminded.onDigest.includes(mailbox) ? { onDigest: true } : {}),
    }
  })
  const found = [
    ...loginLogFindings(domain, sources.old),
    ...contactMissing(migration, domain, looked, options),
    ...tidied.findings,
    ...reports.flatMap((report) => adoptFindings(domain, report, migration.now())),
  ]
  const findings = [
    ...(isDryRun ? found : await record(ledger, domain, reports, found, options)),
    ...reminded.findings,
  ]
  const { notices } = reminded
  const counts = countAdopted(reports)
  const failed = notices.filter(({ outcome }) => FAILED.has(outcome)).length + tidied.findings.length
  const isComplete = counts.done + counts.inactive === counts.mailboxes
  return {
    domain,
    outcome: isDryRun ? 'planned' : failed > 0 ? 'partial' : isComplete ? 'done' : 'waiting',
    mailboxes: reports,
    counts,
    notices,
    noticeCounts: countNotices(notices),
    findings,
    next: isComplete ? `mailmove status ${domain}` : `mailmove adopt ${domain} --remind`,
  }
}

const FAILED: ReadonlySet<string> = new Set(['refused', 'failed', 'in-doubt'])

function chosen(
  { migration, domain, options }: DomainWork,
  all: Awaited<ReturnType<Ledger['mailboxes']['list']>>,
) {
  const moving = movingMailboxes(migration, domain, all)
  if (options.mailboxes === undefined) return moving
  const only = new Set(options.mailboxes.map((address) => asciiAddress(address.toLowerCase())))
  return moving.filter(({ address }) => only.has(address))
}

/** Reminders that were of no use, and nobody to tell. */
function contactMissing(
  migration: Migration,
  domain: string,
  looked: readonly LookedAt[],
  { remind: isReminding }: AdoptOptions,
): readonly Finding[] {
  const contacts = domainSettings(migration.config, domain).contacts
  const spent = looked.filter(({ reminder }) => reminder?.isSpent === true)
  if (isReminding !== true || contacts.length > 0 || spent.length === 0) return []
  return [
    {
      code: 'contact-missing',
      severity: 'yellow',
      domain,
      message: `All reminders were of no use for ${spent.length} mailboxes, and no contact is known to tell.`,
      remedy: `Name one: domains: { ${domain}: { contacts: [...] } }`,
    },
  ]
}

/** Findings and results in the ledger, for the status. */
async function record(
  ledger: Ledger,
  domain: string,
  reports: readonly AdoptMailbox[],
  found: readonly Finding[],
  { mailboxes: only }: AdoptOptions,
): Promise<readonly Finding[]> {
  const known = new Set((await ledger.findings.list(domain)).map(({ scope }) => scope))
  const recorded: Finding[] = []
  const replace = async (scope: string, findings: readonly Finding[]): Promise<void> => {
    if (findings.length > 0 || known.has(scope))
      recorded.push(...(await ledger.findings.replace(domain, scope, findings)).map(reportedFinding))
  }
  const addresses = new Set(reports.map(({ mailbox }) => mailbox))
  if (only === undefined)
    await replace(
      SCOPE,
      found.filter(({ item }) => item === undefined || !addresses.has(item)),
    )
  for (const report of reports) {
    const { mailbox, state } = report
    await replace(
      `${SCOPE}:${mailbox}`,
      found.filter(({ item }) => item === mailbox),
    )
    await ledger.mailboxes.recordResult({
      address: mailbox,
      stage: 'adopt',
      state: state === 'done' || state === 'inactive' ? 'done' : 'incomplete',
      summary: state,
      counts: {
        ownPassword: report.ownPassword ? 1 : 0,
        reminders: report.reminders.length,
        onDigest: report.onDigest ? 1 : 0,
      },
    })
  }
  return recorded
}

const SCOPE = 'adopt'

function lockedDomain(domain: string): AdoptDomain {
  return {
    domain,
    outcome: 'failed',
    mailboxes: [],
    counts: countAdopted([]),
    notices: [],
    noticeCounts: countNotices([]),
    findings: [],
    next: `mailmove status ${domain}`,
  }
}
