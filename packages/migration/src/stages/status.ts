import type { Ledger } from '../ledger/ledger.ts'
import type { MailboxResult } from '../ledger/mailboxes.ts'
import { asciiDomain, domainSettings } from './ascii-names.ts'
import type { Amount } from './amount.ts'
import { SURVEY_SCOPE } from './domain-facts.ts'
import { existingLedger } from './existing-ledger.ts'
import { wantsContacts } from './exporting/import-contacts.ts'
import { countFindings, type Finding, isBlocking } from './finding.ts'
import { mergeFindings } from './findings/merge.ts'
import type { Migration } from './migration.ts'
import { isGuardCode } from './notifying/guard.ts'
import { hasSomebodyToWarn, warnGate } from './notifying/warn-gate.ts'
import { cutoverWaits, mailFlowActions, mailFlowFacts, mailFlowState } from './mail-flow-status.ts'
import { nextAction, openActions } from './next-action.ts'
import type { StageOptions } from './options.ts'
import { recordedOwnership } from './ownership.ts'
import { mailboxOf, reportedFinding } from './recorded-findings.ts'
import { lastFinished } from './stage-order.ts'
import type { StatusDomain, StatusMailbox, StatusMailFlow, StatusReport } from './status-report.ts'
import { lastSurvey, type SurveyedMailbox } from './survey-record.ts'

/**
 * Where every domain and mailbox stands, and what comes next, from the ledger alone: asks no server and takes no lock.
 * Without domains: all that the ledger or the configuration knows. Domains that were never surveyed are `new`.
 */
export async function status(
  migration: Migration,
  domains: readonly string[],
  options: StageOptions = {},
): Promise<StatusReport> {
  options.signal?.throwIfAborted()
  const ledger = await existingLedger(migration)
  const known = (await ledger?.domains.list())?.map((domain) => domain.domain) ?? []
  const all = [...new Set([...known, ...[...migration.config.domains.keys()].map(asciiDomain)])].toSorted()
  const names = domains.length === 0 ? all : [...new Set(domains.map(asciiDomain))]
  const found: StatusDomain[] = []
  for (const name of names)
    found.push(ledger === undefined ? newDomain(name) : await statusOf(migration, ledger, name))
  return { schema: 'mailmove.status/1', at: migration.now().toISOString(), domains: found }
}

function newDomain(domain: string): StatusDomain {
  return {
    domain,
    stage: 'new',
    mailboxes: [],
    totals: { mailboxes: 0, provisioned: 0, copied: 0, verified: 0, size: { messages: 0, bytes: 0 } },
    counts: countFindings([]),
    blockedBy: [],
    openActions: [],
    next: `mailmove survey ${domain}`,
  }
}

async function statusOf(migration: Migration, ledger: Ledger, domain: string): Promise<StatusDomain> {
  const runs = await ledger.stages.overview(domain)
  const stage = await lastFinished(ledger, domain)
  const holder = await ledger.lockHolder(domain)
  const recorded = await ledger.findings.list(domain)
  // Survey and export say the same of a script, each in its scope.
  const findings = mergeFindings(recorded.map(reportedFinding))
  const flow = await mailFlowFacts(ledger, domain)
  const mailFlow = mailFlowState(flow)
  const takenBackAt = runs.find((run) => run.stage === 'rollback')?.endedAt
  const isMoved = (await ledger.lastDeltas.get(domain)) !== undefined
  const mailboxes = await mailboxesOf(migration, ledger, domain, findings, { takenBackAt, isMoved })
  // Where a mail would leak stops that mail, not the domain.
  const blocking = findings.filter(isBlocking)
  const blockedBy = blocking.filter(({ code }) => !isGuardCode(code))
  const warned = await warnGate(migration, ledger, domain)
  const since = runs.find((run) => run.stage === stage)?.endedAt
  const isSurveyBlocked = recorded.some(
    (finding) => finding.scope === SURVEY_SCOPE && isBlocking(reportedFinding(finding)),
  )
  const isRunning = holder !== undefined
  const isUnwarned = warned === undefined && (await hasSomebodyToWarn(migration, ledger, domain))
  const mailCameBack = flow.rollback?.steps?.some(
    ({ step, outcome }) => step === 'mail-back' && outcome === 'done',
  )
  const situation = {
    domain,
    stage,
    runs,
    mailboxes,
    blockedBy,
    isSurveyBlocked,
    isRunning,
    isUnwarned,
    mailFlow,
    ...(mailCameBack === undefined ? {} : { mailCameBack }),
  }
  const next = nextAction(situation)
  const unsettled = await ledger.writes.open(domain)
  const notices = unsettled.filter(({ operation }) => operation.startsWith('notices.'))
  const scripts = unsettled.filter(({ system }) => system === 'new-sieve' || system === 'new-carddav')
  return {
    domain,
    stage,
    ...(since === undefined ? {} : { since: since.toISOString() }),
    ...(holder === undefined
      ? {}
      : { running: `${holder.command} (process ${holder.pid} on ${holder.host})` }),
    mailboxes,
    totals: {
      mailboxes: mailboxes.length,
      provisioned: count(mailboxes, ['provisioned', 'copying', 'copied', 'verified']),
      copied: count(mailboxes, ['copied', 'verified']),
      verified: count(mailboxes, ['verified']),
      size: sizeOf(mailboxes),
    },
    counts: countFindings(findings),
    blockedBy,
    ...(warned === undefined ? {} : { warned }),
    mailFlow: {
      state: mailFlow,
      waitsFor: WAITING.includes(mailFlow) ? cutoverWaits(migration, flow, warned) : [],
    },
    openActions: openActions({
      ...situation,
      mailFlowActions: mailFlowActions(domain, flow),
      blockedBy: blocking,
      unsettledWrites: unsettled.length - scripts.length - notices.length,
      unsettledNotices: notices.length,
      unsettledScripts: scripts.length,
      ...(await waitingExports(migration, ledger, domain, mailboxes)),
      appPasswords: (await ledger.appPasswords.outstanding(domain)).map((password) => password.mailbox),
    }),
    ...(next === undefined ? {} : { next }),
  }
}

const WAITING: readonly StatusMailFlow['state'][] = ['staged', 'prepared']

/** Filters and contacts that could be put on mailcow by now: when they were exported, their mailbox was not there yet. */
async function waitingExports(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  mailboxes: readonly StatusMailbox[],
): Promise<{ readonly waitingFilters: number; readonly waitingContacts: number }> {
  const settings = domainSettings(migration.config, domain)
  const there = new Set(
    mailboxes.filter(({ state }) => !NOT_THERE.includes(state)).map(({ mailbox }) => mailbox),
  )
  const exported = (await ledger.mailboxes.results(domain)).filter(
    ({ address, stage }) => stage === 'export' && there.has(address),
  )
  return {
    waitingFilters:
      settings.filters === 'install' ? exported.filter(({ counts }) => counts['waiting'] === 1).length : 0,
    waitingContacts: exported.filter(
      ({ address, counts }) => counts['contactsWaiting'] === 1 && wantsContacts(settings, address),
    ).length,
  }
}

const NOT_THERE: readonly StatusMailbox['state'][] = ['known', 'surveyed', 'skipped']

async function mailboxesOf(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  findings: readonly Finding[],
  { takenBackAt, isMoved }: { readonly takenBackAt: Date | undefined; readonly isMoved: boolean },
): Promise<readonly StatusMailbox[]> {
  const survey = await lastSurvey(ledger, domain)
  const results = await ledger.mailboxes.results(domain)
  const ownership = recordedOwnership(await ledger.objects.list(domain), await ledger.findings.list(domain))
  const listed = (await ledger.mailboxes.list(domain)).filter((mailbox) => mailbox.listed)
  const addresses = new Set(listed.map((mailbox) => mailbox.address))
  const settings = domainSettings(migration.config, domain)
  return listed.map(({ address, announcedAt }) => {
    const isProvisioned = ownership.of('mailbox', address) !== 'foreign'
    // What was copied into a mailbox that a rollback has removed since is gone with it.
    const isOfNow = ({ at }: MailboxResult): boolean =>
      isProvisioned || takenBackAt === undefined || at > takenBackAt
    return statusMailbox({
      address,
      isSkipped: settings.mailboxes.get(address)?.skip === true,
      isProvisioned,
      isMoved,
      surveyed: survey?.mailboxes.get(address),
      announcedAt,
      results: results.filter((result) => result.address === address && isOfNow(result)),
      blocking: findings.find((finding) => isBlocking(finding) && mailboxOf(finding, addresses) === address),
    })
  })
}

interface MailboxFacts {
  readonly address: string
  readonly isSkipped: boolean
  readonly isProvisioned: boolean
  /** The last delta was compared: what is added since needs no comparison of its own. */
  readonly isMoved: boolean
  readonly surveyed: SurveyedMailbox | undefined
  readonly announcedAt: Date | undefined
  readonly results: readonly MailboxResult[]
  readonly blocking: Finding | undefined
}

function statusMailbox(facts: MailboxFacts): StatusMailbox {
  const { address, surveyed } = facts
  const copied = facts.results.find((result) => result.stage === 'copy')
  const verified = facts.results.find((result) => result.stage === 'verify')
  const exported = facts.results.find((result) => result.stage === 'export')
  const problem = problemOf(facts, copied, verified, exported)
  return {
    mailbox: address,
    state: stateOf(facts, copied, verified),
    ...(surveyed?.size === undefined ? {} : { size: surveyed.size }),
    ...(surveyed === undefined ? {} : { newQuotaBytes: surveyed.newQuotaBytes }),
    ...(facts.announcedAt === undefined ? {} : { handedOverAt: facts.announcedAt.toISOString() }),
    ...(copied === undefined
      ? {}
      : {
          copied: {
            at: copied.at.toISOString(),
            messages: copied.counts['sourceMessages'] ?? 0,
            setAside: copied.counts['setAside'] ?? 0,
          },
        }),
    ...(verified === undefined
      ? {}
      : { verified: { at: verified.at.toISOString(), equal: verified.state === 'done' } }),
    ...(exported === undefined
      ? {}
      : {
          exported: {
            at: exported.at.toISOString(),
            scripts: exported.counts['scripts'] ?? 0,
            installed: exported.counts['installed'] === 1,
            contacts: exported.counts['contacts'] ?? 0,
            imported: exported.counts['imported'] === 1,
          },
        }),
    ...(problem === undefined ? {} : { problem }),
  }
}

function stateOf(
  { isSkipped, isProvisioned, isMoved, surveyed }: MailboxFacts,
  copied: MailboxResult | undefined,
  verified: MailboxResult | undefined,
): StatusMailbox['state'] {
  if (isSkipped) return 'skipped'
  const isCopied = copied?.state === 'done'
  if (isCopied && verified?.state === 'done' && (isMoved || verified.at >= copied.at)) return 'verified'
  if (isCopied) return 'copied'
  if (copied !== undefined) return 'copying'
  if (isProvisioned) return 'provisioned'
  return surveyed?.size === undefined ? 'known' : 'surveyed'
}

/** The first thing that an admin should look at. */
function problemOf(
  { blocking }: MailboxFacts,
  copied: MailboxResult | undefined,
  verified: MailboxResult | undefined,
  exported: MailboxResult | undefined,
): string | undefined {
  if (blocking !== undefined) return blocking.message
  if (copied !== undefined && copied.state !== 'done') return copied.summary
  if (verified !== undefined && verified.state !== 'done') return verified.summary
  if (exported !== undefined && exported.state !== 'done') return exported.summary
  return undefined
}

function count(mailboxes: readonly StatusMailbox[], states: readonly StatusMailbox['state'][]): number {
  return mailboxes.filter((mailbox) => states.includes(mailbox.state)).length
}

function sizeOf(mailboxes: readonly StatusMailbox[]): Amount {
  return mailboxes.reduce(
    (sum, { size }) => ({
      messages: sum.messages + (size?.messages ?? 0),
      bytes: sum.bytes + (size?.bytes ?? 0),
    }),
    { messages: 0, bytes: 0 },
  )
}
