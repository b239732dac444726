import { z } from 'zod'
import type { Ledger } from '../../ledger/ledger.ts'
import type { MailboxResult } from '../../ledger/mailboxes.ts'
import { asciiDomain, domainSettings } from '../ascii-names.ts'
import { UsageError } from '../errors.ts'
import { existingLedger } from '../existing-ledger.ts'
import { mergeFindings } from '../findings/merge.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { reportedFinding } from '../recorded-findings.ts'
import { lastFinished } from '../stage-order.ts'
import { lastSurvey } from '../survey-record.ts'
import { stagesOf, stepsOf, verificationsOf } from './domain-details.ts'
import type { MovedMailbox, MoveRemark, MoveReport, NotMovedMessage } from './move-report-document.ts'

/** Findings that tell the owner of a mailbox something, apart from those that only the admins need. */
const FOR_CUSTOMERS: ReadonlySet<string> = new Set([
  'folder-left-out',
  'folder-merged',
  'folder-renamed',
  'keywords-dropped',
  'date-replaced',
  'script-not-compiling',
  'script-loses',
  'filter-left-alone',
  'contacts-set-aside',
  'contacts-refused',
  'contacts-left-alone',
  'autoreply',
  'alias-dead',
  'alias-loop',
  'alias-inactive',
  'alias-target-dead',
  'mailbox-inactive',
])

/**
 * What became of a domain's mail, from the ledger alone: asks no server and takes no lock. Without secrets and subjects.
 * Rejects with `UsageError` for a domain that was never surveyed.
 */
export async function moveReport(
  migration: Migration,
  name: string,
  options: StageOptions = {},
): Promise<MoveReport> {
  options.signal?.throwIfAborted()
  const domain = asciiDomain(name)
  const ledger = await existingLedger(migration)
  if (ledger === undefined || (await ledger.domains.get(domain)) === undefined)
    throw new UsageError(`${domain} was never surveyed: there is nothing to report yet.`, {
      hint: `mailmove survey ${domain}`,
    })
  const settings = domainSettings(migration.config, domain)
  const mailboxes = await mailboxesOf(migration, ledger, domain, options)
  const lastDelta = await ledger.lastDeltas.get(domain)
  const sum = (of: (mailbox: MovedMailbox) => number): number =>
    mailboxes.reduce((total, mailbox) => total + of(mailbox), 0)
  return {
    schema: 'mailmove.report/1',
    at: migration.now().toISOString(),
    domain,
    stage: await lastFinished(ledger, domain),
    servers: { old: migration.config.old.imap.host, new: migration.config.new.imap.host },
    mailboxes,
    totals: {
      mailboxes: mailboxes.filter(({ skipped }) => !skipped).length,
      sourceMessages: sum(({ sourceMessages }) => sourceMessages),
      movedMessages: sum(({ movedMessages }) => movedMessages),
      bytes: sum(({ bytes, skipped }) => (skipped ? 0 : (bytes ?? 0))),
      setAside: sum(({ setAside }) => setAside.length),
      excluded: sum(({ excludedMessages }) => excludedMessages),
      verified: mailboxes.filter(({ verified }) => verified?.equal === true).length,
    },
    excludedFolders: settings.exclude?.folders ?? [],
    remarks: await remarksOf(ledger, domain),
    stages: await stagesOf(ledger, domain),
    steps: await stepsOf(ledger, domain, 'forward'),
    verifications: await verificationsOf(ledger, domain),
    ...(lastDelta === undefined ? {} : { lastDeltaVerifiedAt: lastDelta.verifiedAt.toISOString() }),
  }
}

async function remarksOf(ledger: Ledger, domain: string): Promise<readonly MoveRemark[]> {
  const findings = mergeFindings((await ledger.findings.list(domain)).map(reportedFinding))
  return findings
    .filter(({ code }) => FOR_CUSTOMERS.has(code))
    .map(({ code, item, message, accepted }) => ({
      code,
      ...(item === undefined ? {} : { item }),
      message,
      ...(accepted === undefined ? {} : { accepted: accepted.reason }),
    }))
}

async function mailboxesOf(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  options: StageOptions,
): Promise<readonly MovedMailbox[]> {
  const settings = domainSettings(migration.config, domain)
  const results = Map.groupBy(await ledger.mailboxes.results(domain), ({ address }) => address)
  const survey = await lastSurvey(ledger, domain)
  const bytes = await comparedBytes(ledger, domain)
  const accepted = await acceptedMessages(ledger, domain)
  const found: MovedMailbox[] = []
  for (const { address, name, active, announcedAt } of await ledger.mailboxes.list(domain)) {
    options.signal?.throwIfAborted()
    const of = (stage: string): MailboxResult | undefined =>
      results.get(address)?.find((result) => result.stage === stage)
    const skipped = settings.mailboxes.get(address)?.skip === true
    const [copied, verified, exported] = [newest(of('copy'), of('catchup')), of('verify'), of('export')]
    const size = bytes.get(address) ?? survey?.mailboxes.get(address)?.size?.bytes
    const counts = copied?.counts ?? {}
    found.push({
      mailbox: address,
      ...(name === undefined ? {} : { name }),
      skipped,
      active,
      sourceMessages: counts['sourceMessages'] ?? 0,
      movedMessages: (counts['copied'] ?? 0) + (counts['alreadyThere'] ?? 0),
      ...(size === undefined ? {} : { bytes: size }),
      excludedMessages: counts['excluded'] ?? 0,
      setAside: (counts['setAside'] ?? 0) === 0 ? [] : await setAsideOf(ledger, address, accepted),
      ...(copied === undefined
        ? {}
        : { copied: { at: copied.at.toISOString(), complete: copied.state === 'done' } }),
      ...(verified === undefined
        ? {}
        : {
            verified: {
              at: verified.at.toISOString(),
              equal: verified.state === 'done',
              matched: verified.counts['matched'] ?? 0,
              differences: verified.counts['differences'] ?? 0,
            },
          }),
      ...(exported === undefined
        ? {}
        : { scripts: exported.counts['scripts'] ?? 0, contacts: exported.counts['contacts'] ?? 0 }),
      ...(announcedAt === undefined ? {} : { handedOverAt: announcedAt.toISOString() }),
    })
  }
  return found
}

function newest(...results: readonly (MailboxResult | undefined)[]): MailboxResult | undefined {
  return results
    .filter((result) => result !== undefined)
    .toSorted((one, other) => one.at.getTime() - other.at.getTime())
    .at(-1)
}

const compared = z.object({
  mailboxes: z.array(z.looseObject({ mailbox: z.string(), bytes: z.number() })),
})

/** What the last comparison of the whole domain read, by mailbox. */
async function comparedBytes(ledger: Ledger, domain: string): Promise<ReadonlyMap<string, number>> {
  const last = (await ledger.verifyReports.list(domain)).find(({ mailbox }) => mailbox === undefined)
  if (last === undefined) return new Map()
  const parsed = compared.safeParse(await ledger.verifyReports.read(last.id))
  return new Map(parsed.success ? parsed.data.mailboxes.map(({ mailbox, bytes }) => [mailbox, bytes]) : [])
}

/** By the finding's item. */
async function acceptedMessages(ledger: Ledger, domain: string): Promise<ReadonlyMap<string, string>> {
  const accepted = new Map<string, string>()
  for (const { code, item, acceptance } of await ledger.findings.list(domain))
    if (code === 'message-set-aside' && item !== undefined && acceptance !== undefined)
      accepted.set(item, acceptance.reason)
  return accepted
}

async function setAsideOf(
  ledger: Ledger,
  mailbox: string,
  accepted: ReadonlyMap<string, string>,
): Promise<readonly NotMovedMessage[]> {
  const state = ledger.syncState(mailbox)
  const map = await ledger.folderMaps.get(mailbox)
  const found: NotMovedMessage[] = []
  for (const { source: wire } of await state.folders()) {
    const folder = map?.entries.find(({ sourceWire }) => sourceWire === wire)?.source ?? wire
    for (const { uid, reason, bytes, date } of (await state.messages(wire)).setAside) {
      const why = accepted.get(`${mailbox}: ${folder}, UID ${uid}`)
      found.push({
        folder,
        uid,
        reason,
        bytes,
        ...(date === undefined ? {} : { date }),
        ...(why === undefined ? {} : { accepted: why }),
      })
    }
  }
  return found
}
