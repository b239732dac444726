import type { Address, Inventory, InventoryDomain, InventoryIssue, Mailbox } from './model.ts'
import { canonicalSpam } from './spam.ts'
import { classifyTarget, printTarget, type Target } from './target.ts'

/** By code unit: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/**
 * One form for what is the same: everything sorted, no target twice, targets told apart by what is hosted. Every inventory
 * that leaves this package has gone through here.
 */
export function canonicalInventory(
  domains: readonly InventoryDomain[],
  issues: readonly InventoryIssue[],
): Inventory {
  const hosted = new Set(domains.flatMap((domain) => [domain.domain, ...domain.aliasDomains]))
  const isHosted = (domain: string): boolean => hosted.has(domain)
  return {
    domains: domains
      .map((domain) => canonicalDomain(domain, isHosted))
      .toSorted((a, b) => compareText(a.domain, b.domain)),
    issues,
  }
}

function canonicalDomain(domain: InventoryDomain, isHosted: (domain: string) => boolean): InventoryDomain {
  return {
    ...domain,
    ...(domain.spam === undefined ? {} : { spam: canonicalSpam(domain.spam) }),
    mailboxes: domain.mailboxes.map(canonicalMailbox).toSorted((a, b) => compareText(a.address, b.address)),
    addresses: domain.addresses
      .map((address) => canonicalAddress(address, isHosted))
      .toSorted((a, b) => compareText(a.address, b.address)),
    aliasDomains: domain.aliasDomains.toSorted(compareText),
    inactiveAliasDomains: domain.inactiveAliasDomains.toSorted(compareText),
    domainAdmins: domain.domainAdmins.toSorted((a, b) => compareText(a.username, b.username)),
  }
}

function canonicalMailbox(mailbox: Mailbox): Mailbox {
  return mailbox.spam === undefined ? mailbox : { ...mailbox, spam: canonicalSpam(mailbox.spam) }
}

function canonicalAddress(address: Address, isHosted: (domain: string) => boolean): Address {
  const targets = new Map<string, Target>()
  for (const target of address.targets) {
    const text = printTarget(target)
    if (!targets.has(text)) targets.set(text, classifyTarget(target, isHosted))
  }
  return { ...address, targets: [...targets.values()] }
}
