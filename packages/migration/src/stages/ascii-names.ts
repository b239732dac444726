import { domainToASCII, domainToUnicode } from 'node:url'
import type { Address, Inventory, InventoryDomain, InventoryIssue, Mailbox, Target } from '@iteg/old-server'
import { type Config, domainConfig, type DomainConfig } from '../config/index.ts'

/** `müller.at` as `xn--mller-kva.at`: the form that mail servers, mailcow and the ledger know. */
export function asciiDomain(domain: string): string {
  return domainToASCII(domain) || domain.toLowerCase()
}

/** The same for the domain of an address or a catch-all; what has no `@` stays. */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf('@')
  return at < 0 ? address : `${address.slice(0, at + 1)}${asciiDomain(address.slice(at + 1))}`
}

/** The inventory with every domain in its ASCII form, whatever the file's author wrote. */
export function asciiInventory(inventory: Inventory): Inventory {
  return { domains: inventory.domains.map(domainInAscii), issues: inventory.issues.map(issueInAscii) }
}

function domainInAscii(domain: InventoryDomain): InventoryDomain {
  return {
    ...domain,
    domain: asciiDomain(domain.domain),
    mailboxes: domain.mailboxes.map((mailbox): Mailbox => ({
      ...mailbox,
      address: asciiAddress(mailbox.address),
    })),
    addresses: domain.addresses.map((row): Address => ({
      ...row,
      address: asciiAddress(row.address),
      targets: row.targets.map(targetInAscii),
    })),
    aliasDomains: domain.aliasDomains.map(asciiDomain),
    inactiveAliasDomains: domain.inactiveAliasDomains.map(asciiDomain),
  }
}

function issueInAscii(issue: InventoryIssue): InventoryIssue {
  const item = issue.item === undefined ? {} : { item: asciiAddress(issue.item) }
  return { ...issue, domain: asciiDomain(issue.domain), ...item }
}

function targetInAscii(target: Target): Target {
  switch (target.kind) {
    case 'mailbox':
    case 'external':
      return { ...target, address: asciiAddress(target.address) }
    case 'domain':
      return { ...target, domain: asciiDomain(target.domain) }
    case 'unqualified':
    case 'pipe':
    case 'file':
    case 'include':
    case 'discard':
    case 'autoreply':
      return target
    default:
      return target satisfies never
  }
}

/** The configuration's settings of a domain, in whichever form it is written there. Addresses in their ASCII form. */
export function domainSettings(config: Config, domain: string): DomainConfig {
  const written = [domain, domainToUnicode(domain)].find((name) => config.domains.has(name)) ?? domain
  const settings = domainConfig(config, written)
  const mailboxes = [...settings.mailboxes].map(
    ([address, mailbox]) => [asciiAddress(address), mailbox] as const,
  )
  return { ...settings, mailboxes: new Map(mailboxes) }
}
