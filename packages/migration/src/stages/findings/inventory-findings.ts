import type {
  Inventory,
  InventoryDomain,
  InventoryIssueCode,
  Mailbox,
  SpamSettings,
  Verdict,
  VerdictIssueCode,
} from '@iteg/old-server'
import type { DomainConfig, QuotasConfig } from '../../config/index.ts'
import type { Finding, FindingCode } from '../finding.ts'
import { refusedAddress } from '../planning/address-rules.ts'
import { movedMailboxes } from '../planning/desire.ts'
import { isAcceptedSender } from '../planning/spam.ts'
import { MAX_REDIRECTS } from '../planning/sieve-forward.ts'

const CODES: Readonly<Record<Exclude<VerdictIssueCode, 'delivered-twice'>, FindingCode>> = {
  loop: 'alias-loop',
  dead: 'alias-dead',
  'dead-target': 'alias-target-dead',
  'unsupported-target': 'alias-target-unsupported',
  'too-many-recipients': 'alias-too-wide',
  inactive: 'alias-inactive',
  autoreply: 'autoreply',
  'forward-circle': 'forward-circle',
  'catch-all-swallows-mailbox': 'catch-all-swallows',
}

const ISSUE_CODES: Readonly<Record<InventoryIssueCode, FindingCode>> = {
  conflict: 'inventory-conflict',
  'row-unreadable': 'inventory-row',
  'alias-domain-doubtful': 'alias-domain-doubtful',
  placeholder: 'alias-placeholder',
  'fetched-mail': 'mail-fetched',
  'table-unlisted': 'inventory-unlisted',
}

export interface InventoryFacts {
  readonly inventory: Inventory
  readonly domain: InventoryDomain
  readonly verdicts: readonly Verdict[]
  readonly config: DomainConfig
  readonly quotas: QuotasConfig
}

/** Senders of spam lists that mailcow does not take. */
function refusedSenders(domain: string, item: string, spam: SpamSettings | undefined): readonly Finding[] {
  const senders = [...(spam?.allow ?? []), ...(spam?.deny ?? [])].filter(
    (sender) => !isAcceptedSender(sender),
  )
  if (senders.length === 0) return []
  const shown = senders.slice(0, 5).join(', ')
  return [
    {
      code: 'spam-entry-refused',
      severity: 'yellow',
      domain,
      item,
      message: `mailcow does not take ${senders.length} senders of its spam lists: ${shown}${senders.length > 5 ? ', ...' : ''}.`,
      remedy: 'Nothing to do if they do not matter; else write a pattern with * for them into the inventory.',
    },
  ]
}

/** What the inventory alone tells: everything that needs no server. Pure. */
export function inventoryFindings(facts: InventoryFacts): readonly Finding[] {
  const { inventory, domain, verdicts } = facts
  const name = domain.domain
  const found: Finding[] = []
  for (const { code, severity, item, message, remedy } of inventory.issues.filter(
    (issue) => issue.domain === name,
  ))
    found.push({ code: ISSUE_CODES[code], severity, domain: name, ...itemOf(item), message, remedy })
  if (!domain.active)
    found.push({
      code: 'domain-inactive',
      severity: 'yellow',
      domain: name,
      message: 'The old server does not accept mail for this domain at present.',
      remedy: 'Ask whether it is still wanted; it is moved like any other.',
    })
  for (const mailbox of domain.mailboxes) found.push(...mailboxFindings(mailbox, facts))
  found.push(...refusedSenders(name, name, domain.spam))
  for (const { address, spam } of domain.mailboxes) found.push(...refusedSenders(name, address, spam))
  for (const verdict of verdicts)
    found.push(...verdictFindings(verdict, facts), ...leftOutTargets(verdict, facts))
  if (domain.aliasDomains.length > 0)
    found.push({
      code: 'alias-domain-later',
      severity: 'info',
      domain: name,
      message: `Alias domains: ${domain.aliasDomains.join(', ')}. mailcow takes them only once the domain is final there.`,
      remedy: 'Nothing to do now: they are created at cut-over.',
    })
  return found
}

function mailboxFindings(mailbox: Mailbox, facts: InventoryFacts): readonly Finding[] {
  const { address } = mailbox
  const domain = facts.domain.domain
  const settings = facts.config.mailboxes.get(address)
  if (settings?.skip === true)
    return [
      {
        code: 'mailbox-skipped',
        severity: 'yellow',
        domain,
        item: address,
        message:
          'The configuration leaves this mailbox out: it is neither created nor copied, and mail to it bounces from the cut-over on.',
        remedy: 'Remove skip from the configuration if it should move.',
      },
    ]
  const found: Finding[] = []
  const reason = refusedAddress(address)
  if (reason !== undefined) found.push(refused(domain, address, reason, 'mailbox'))
  if (!mailbox.active)
    found.push({
      code: 'mailbox-inactive',
      severity: 'info',
      domain,
      item: address,
      message: 'It is switched off on the old server.',
      remedy:
        'Nothing to do: it is created active so that it can be copied, and switched off after the last delta.',
    })
  const unlimited = mailbox.quotaBytes === null || mailbox.quotaBytes === undefined || mailbox.quotaBytes <= 0
  if (unlimited && settings?.quotaBytes === undefined)
    found.push({
      code: 'quota-unlimited',
      severity: 'info',
      domain,
      item: address,
      message: 'It has no limit on the old server; on mailcow it gets the default of the configuration.',
      remedy: 'Set quota for this mailbox in the configuration if it needs another limit.',
    })
  return found
}

function verdictFindings(
  verdict: Verdict,
  { inventory, domain: { domain, mailboxes: domainMailboxes } }: InventoryFacts,
): readonly Finding[] {
  const { address, issues } = verdict
  // That the mailbox is switched off has been said: it is the same switch.
  const isSaid = domainMailboxes.some((mailbox) => mailbox.address === address && !mailbox.active)
  const told = issues.filter((issue) => issue.code !== 'inactive' || !isSaid)
  const found: Finding[] = told.map(({ code, severity, target, message, remedy }) => ({
    code: code === 'delivered-twice' ? twiceCode(target, inventory) : CODES[code],
    severity,
    domain,
    item: target === undefined ? address : `${address} -> ${target}`,
    message,
    remedy,
  }))
  const reason = verdict.mailbox || !verdict.active ? undefined : refusedAddress(address)
  if (reason !== undefined) found.push(refused(domain, address, reason, 'alias'))
  if (verdict.verdict === 'catch-all')
    found.push({
      code: 'catch-all',
      severity: 'info',
      domain,
      item: address,
      message: `Mail for every address that does not exist goes to ${list(verdict.deliverTo)}.`,
      remedy:
        'Nothing to do: it is taken over inactive and switched on last at cut-over. Ask whether it is still wanted.',
    })
  if (verdict.verdict === 'mailbox+copy' || verdict.verdict === 'mailbox-forwards-only')
    found.push(...forwardFindings(verdict, domain))
  if (verdict.verdict === 'discard' && verdict.mailbox)
    found.push({
      code: 'alias-target-unsupported',
      severity: 'red',
      domain,
      item: address,
      message: 'The old server throws all mail to this mailbox away; on mailcow it would be delivered.',
      remedy: 'Settle it on the old server, or accept that mail arrives from the cut-over on.',
    })
  return found
}

/** Outside of the house nobody can tidy up for the recipient: that has a code of its own. */
function twiceCode(target: string | undefined, { domains }: Inventory): FindingCode {
  const host = target?.slice(target.lastIndexOf('@') + 1)
  const isInside = domains.some(
    ({ domain, aliasDomains }) => domain === host || aliasDomains.includes(host ?? ''),
  )
  return isInside ? 'target-twice' : 'external-target-twice'
}

/** Targets in this domain that mailcow will not have, because their mailbox is left out. */
function leftOutTargets(verdict: Verdict, facts: InventoryFacts): readonly Finding[] {
  if (!verdict.active) return []
  const { domain, config } = facts
  const moved = new Set(movedMailboxes(domain, config).map((mailbox) => mailbox.address))
  const left = new Set(
    domain.mailboxes.map((mailbox) => mailbox.address).filter((address) => !moved.has(address)),
  )
  return verdict.deliverTo
    .filter((target) => left.has(target))
    .map((target) => ({
      code: 'alias-target-dead',
      severity: 'red',
      domain: domain.domain,
      item: `${verdict.address} -> ${target}`,
      message: `${verdict.address} leads to ${target}, which is left out of the move: that mail would bounce.`,
      remedy: 'Take the target out on the old server, move the mailbox after all, or accept the bounces.',
    }))
}

function forwardFindings(verdict: Verdict, domain: string): readonly Finding[] {
  const { address, deliverTo } = verdict
  const keeps = verdict.verdict === 'mailbox+copy'
  if (deliverTo.length > MAX_REDIRECTS)
    return [
      {
        code: 'alias-too-wide',
        severity: 'red',
        domain,
        item: address,
        message: `It forwards to ${deliverTo.length} addresses; mailcow's filters stop at ${MAX_REDIRECTS}.`,
        remedy: 'Make an alias or a mailing list of it, or accept that it forwards nothing.',
      },
    ]
  return [
    {
      code: keeps ? 'forward-of-mailbox' : 'forward-without-copy',
      severity: 'info',
      domain,
      item: address,
      message: `It forwards to ${list(deliverTo)} and keeps ${keeps ? 'a copy' : 'nothing'}.`,
      remedy:
        'Nothing to do: it becomes a filter of the mailbox, which its user does not see in webmail; the hand-over mail says so.',
    },
  ]
}

function refused(domain: string, address: string, reason: string, kind: 'mailbox' | 'alias'): Finding {
  return {
    code: 'address-refused',
    severity: 'red',
    domain,
    item: address,
    message: `mailcow refuses this ${kind}: ${reason}.`,
    remedy: `Rename it on the old server, or accept that it is left out: mail to it bounces from the cut-over on${kind === 'mailbox' ? ', and its mail is not copied' : ''}.`,
  }
}

function list(addresses: readonly string[]): string {
  const shown = addresses.slice(0, 5).join(', ')
  return addresses.length > 5 ? `${shown} and ${addresses.length - 5} more` : shown
}

function itemOf(item: string | undefined): { readonly item?: string } {
  return item === undefined ? {} : { item }
}
