import { asciiAddress, asciiDomain, domainSettings } from './ascii-names.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { LedgerMailbox } from '../ledger/mailboxes.ts'
import { GateError, UsageError } from './errors.ts'
import type { Finding } from './finding.ts'
import { isBlocking } from './finding.ts'
import type { Migration } from './migration.ts'
import { recordedOwnership } from './ownership.ts'
import { refusedAddress } from './planning/address-rules.ts'
import type { Owner } from './planning/mailcow-state.ts'
import { mailboxOf, reportedFinding } from './recorded-findings.ts'
import { SURVEY_SCOPE } from './domain-facts.ts'

/**
 * What may be done to a mailbox: one that was there before us belongs to somebody who may be working in it, so it is only
 * ever added to, whatever the domain's phase is.
 */
export function phaseOf(owner: Owner, domainPhase: 'mirror' | 'additive'): 'mirror' | 'additive' {
  return owner === 'adopted' ? 'additive' : domainPhase
}

/** A mailbox that copy or verify may work on, or why not. */
export interface ChosenMailbox {
  readonly address: string
  readonly owner: Owner
  /** Why it cannot be worked on now, with the way out. */
  readonly obstacle?: { readonly code: string; readonly message: string; readonly remedy: string }
}

/** Domains as the ledger knows them; rejects with `UsageError` when none is named, `GateError` for one never surveyed. */
export async function knownDomains(
  ledger: Ledger | undefined,
  domains: readonly string[],
  stage: string,
): Promise<readonly string[]> {
  if (domains.length === 0)
    throw new UsageError('No domain was named.', { hint: `For example: mailmove ${stage} example.at` })
  const names = [...new Set(domains.map(asciiDomain))]
  for (const domain of names)
    if ((await ledger?.stages.latestDone(domain, 'survey')) === undefined)
      throw new GateError(`${domain} was not surveyed yet.`, {
        domains: [domain],
        hint: `Run first: mailmove survey ${domain}`,
      })
  return names
}

/**
 * The domain's mailboxes that move: listed by the last survey, not skipped, with a name that mailcow takes. Those that are
 * not on mailcow by us, and those with a red finding of their own, are named with their obstacle. Rejects with `GateError`
 * when a red finding about the domain itself is open, or when it was never provisioned.
 */
export async function chooseForCopy(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  only: readonly string[] | undefined,
): Promise<readonly ChosenMailbox[]> {
  const mailboxes = movingMailboxes(migration, domain, await ledger.mailboxes.list(domain))
  const addresses = new Set(mailboxes.map((mailbox) => mailbox.address))
  const recorded = await ledger.findings.list(domain)
  const blocking = recorded
    .filter((finding) => finding.scope === SURVEY_SCOPE)
    .map(reportedFinding)
    .filter(isBlocking)
  const general = blocking.filter((finding) => mailboxOf(finding, addresses) === undefined)
  if (general.length > 0)
    throw new GateError(`${domain}: red findings are neither repaired nor accepted.`, {
      domains: [domain],
      findings: general,
      hint: `Repair what they name and run mailmove survey ${domain}, or let one pass with: mailmove accept ${domain} CODE ITEM --reason "..."`,
    })
  const ownership = recordedOwnership(await ledger.objects.list(domain), recorded)
  const chosen = onlyThese(mailboxes, only).map(({ address }) => {
    const owner = ownership.of('mailbox', address)
    const finding = blocking.find((candidate) => mailboxOf(candidate, addresses) === address)
    return { address, owner, ...obstacle(domain, owner, finding) }
  })
  return assertProvisioned(domain, chosen)
}

function assertProvisioned(domain: string, chosen: readonly ChosenMailbox[]): readonly ChosenMailbox[] {
  if (chosen.length === 0 || chosen.some((mailbox) => mailbox.obstacle?.code !== 'not-provisioned'))
    return chosen
  throw new GateError(`${domain} is not on mailcow yet.`, {
    domains: [domain],
    hint: `Run first: mailmove provision ${domain}`,
  })
}

/** The same mailboxes for a comparison: red findings do not matter there, only whether there is something to compare. */
export async function chooseForVerify(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  only: readonly string[] | undefined,
): Promise<readonly ChosenMailbox[]> {
  const mailboxes = movingMailboxes(migration, domain, await ledger.mailboxes.list(domain))
  const ownership = recordedOwnership(await ledger.objects.list(domain), await ledger.findings.list(domain))
  const chosen = onlyThese(mailboxes, only).map(({ address }) => {
    const owner = ownership.of('mailbox', address)
    return { address, owner, ...obstacle(domain, owner, undefined) }
  })
  return assertProvisioned(domain, chosen)
}

/** Those that move, whatever stands in their way. */
export function movingMailboxes(
  migration: Migration,
  domain: string,
  mailboxes: readonly LedgerMailbox[],
): readonly LedgerMailbox[] {
  const settings = domainSettings(migration.config, domain)
  return mailboxes.filter(
    ({ address, listed }) =>
      listed && settings.mailboxes.get(address)?.skip !== true && refusedAddress(address) === undefined,
  )
}

function onlyThese(
  mailboxes: readonly LedgerMailbox[],
  only: readonly string[] | undefined,
): readonly LedgerMailbox[] {
  if (only === undefined) return mailboxes
  const wanted = new Set(only.map((address) => asciiAddress(address.toLowerCase())))
  return mailboxes.filter((mailbox) => wanted.has(mailbox.address))
}

function obstacle(
  domain: string,
  owner: Owner,
  finding: Finding | undefined,
): Pick<ChosenMailbox, 'obstacle'> {
  if (owner === 'foreign')
    return {
      obstacle: {
        code: 'not-provisioned',
        message: 'It is not on mailcow yet.',
        remedy: `Run: mailmove provision ${domain}`,
      },
    }
  if (finding === undefined) return {}
  const { code, message, item, remedy } = finding
  return {
    obstacle: {
      code,
      message,
      remedy: `${remedy} Then: mailmove survey ${domain}. Or: mailmove accept ${domain} ${code} "${item ?? ''}" --reason "..."`,
    },
  }
}
