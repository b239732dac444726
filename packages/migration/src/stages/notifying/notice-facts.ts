import type { LoginProtocol, Verdict } from '@iteg/old-server'
import type { NotifyConfig } from '../../config/index.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { domainSettings } from '../ascii-names.ts'
import { UsageError } from '../errors.ts'
import { domainInventory, type DomainInventory, loadInventory } from '../inventory.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { movedMailboxes, plannedQuotaBytes } from '../planning/desire.ts'
import { lastSurvey, type SurveyedMailbox } from '../survey-record.ts'
import { type LoginReading, readLoginUsage } from './login-usage.ts'

/** A mailbox, with all that its notices and the guard are made from. */
export interface MailboxFacts {
  readonly address: string
  readonly name?: string
  /** As the old server says. */
  readonly active: boolean
  readonly language: string
  readonly oldQuotaBytes: number | null | undefined
  readonly newQuotaBytes: number
  /** Of the last survey. */
  readonly surveyed: SurveyedMailbox | undefined
  /** What becomes of its mail on the old server. */
  readonly verdict: Verdict | undefined
  /** Other addresses whose mail lands in it. */
  readonly aliases: readonly string[]
  /** Last login of each protocol; `undefined`: no log tells. */
  readonly logins: ReadonlyMap<LoginProtocol, Date> | undefined
  readonly announcedAt: Date | undefined
  /** We made it on mailcow: it has an initial password of ours. */
  readonly isOurs: boolean
}

/** Everything that the notices of a domain are made from. */
export interface NoticeFacts {
  readonly domain: string
  readonly notify: NotifyConfig
  readonly inventory: DomainInventory
  /** Those that move. */
  readonly mailboxes: readonly MailboxFacts[]
  readonly contacts: readonly string[]
  readonly language: string
  readonly logins: LoginReading
}

/** The section without which nobody can be written to. */
export function requireNotify(migration: Migration): NotifyConfig {
  const { notify } = migration.config
  if (notify === undefined)
    throw new UsageError('The configuration says nothing about notices.', {
      hint: 'Add a section notify with at least: from: "ITEG <admin@iteg.example>"',
    })
  return notify
}

/**
 * Gathers what is known of the domains: inventory, last survey, ledger, log of logins. Asks no mailbox. Rejects with
 * `UsageError` (no `notify`, unknown domain) and `ServerError` (the inventory's database).
 */
export async function gatherNoticeFacts(
  migration: Migration,
  ledger: Ledger | undefined,
  domains: readonly string[],
  options: StageOptions,
): Promise<readonly NoticeFacts[]> {
  const notify = requireNotify(migration)
  const inventory = await loadInventory(migration, options)
  const logins = await readLoginUsage(migration.config, migration.now(), options)
  return Promise.all(
    domains.map(async (domain) => {
      const own = domainInventory(inventory, domain)
      const settings = domainSettings(migration.config, domain)
      return {
        domain,
        notify,
        inventory: own,
        mailboxes: await mailboxFacts(migration, ledger, own, logins),
        contacts: settings.contacts,
        language: settings.language,
        logins,
      }
    }),
  )
}

async function mailboxFacts(
  migration: Migration,
  ledger: Ledger | undefined,
  { domain, verdicts }: DomainInventory,
  { usage }: LoginReading,
): Promise<readonly MailboxFacts[]> {
  const name = domain.domain
  const settings = domainSettings(migration.config, name)
  const survey = ledger === undefined ? undefined : await lastSurvey(ledger, name)
  const recorded = new Map((await ledger?.mailboxes.list(name))?.map((mailbox) => [mailbox.address, mailbox]))
  const aliases = aliasesByMailbox(verdicts)
  const ownVerdicts = new Map(verdicts.map((verdict) => [verdict.address, verdict]))
  return movedMailboxes(domain, settings).map((mailbox) => {
    const { address } = mailbox
    const known = recorded.get(address)
    return {
      address,
      ...(mailbox.name === undefined ? {} : { name: mailbox.name }),
      active: mailbox.active,
      language: settings.mailboxes.get(address)?.language ?? settings.language,
      oldQuotaBytes: mailbox.quotaBytes,
      newQuotaBytes: plannedQuotaBytes(mailbox, settings, migration.config.quotas),
      surveyed: survey?.mailboxes.get(address),
      verdict: ownVerdicts.get(address),
      aliases: aliases.get(address) ?? [],
      logins: usage === undefined ? undefined : (usage.mailboxes.get(address) ?? new Map()),
      announcedAt: known?.announcedAt,
      isOurs: known?.creation === 'created',
    }
  })
}

function aliasesByMailbox(verdicts: readonly Verdict[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { address, active, leaves, verdict } of verdicts) {
    if (!active || verdict === 'catch-all') continue
    for (const { mailbox } of leaves) {
      if (mailbox === undefined || mailbox === address) continue
      const known = found.get(mailbox)
      if (known === undefined) found.set(mailbox, [address])
      else if (!known.includes(address)) known.push(address)
    }
  }
  return found
}
