import { canonicalInventory, compareText } from './canonical.ts'
import type {
  Address,
  DomainAdmin,
  Inventory,
  InventoryDomain,
  InventoryIssue,
  Mailbox,
  Origin,
  SpamSettings,
} from './model.ts'
import { mergeSpam } from './spam.ts'
import { printTarget } from './target.ts'

/**
 * Makes one inventory of several. What only one source knows is taken from it (also single fields: a quota, a name);
 * where two sources say different things the earlier one holds, and the difference is an issue `conflict`.
 */
export function mergeInventories(inventories: readonly Inventory[]): Inventory {
  const conflicts: InventoryIssue[] = []
  const domains = new Map<string, InventoryDomain>()
  for (const inventory of inventories)
    for (const domain of inventory.domains) {
      const known = domains.get(domain.domain)
      domains.set(domain.domain, known === undefined ? domain : mergeDomains(known, domain, conflicts))
    }
  const merged = settleAliasDomains([...domains.values()], inventories, conflicts)
  return canonicalInventory(merged, [...inventories.flatMap((inventory) => inventory.issues), ...conflicts])
}

function mergeDomains(
  first: InventoryDomain,
  second: InventoryDomain,
  conflicts: InventoryIssue[],
): InventoryDomain {
  const conflict = conflictsOf(first.domain, conflicts)
  if (first.active !== second.active) conflict(undefined, 'active', first, second)
  const aliasDomains = new Set([...first.aliasDomains, ...second.aliasDomains])
  for (const aliasDomain of aliasDomains)
    for (const [on, off] of [
      [first, second],
      [second, first],
    ] as const)
      if (on.aliasDomains.includes(aliasDomain) && off.inactiveAliasDomains.includes(aliasDomain))
        conflict(aliasDomain, 'active', first, second)
  const firstSays = (aliasDomain: string): boolean => first.inactiveAliasDomains.includes(aliasDomain)
  const inactive = [...first.inactiveAliasDomains, ...second.inactiveAliasDomains].filter(
    (aliasDomain) => firstSays(aliasDomain) || !aliasDomains.has(aliasDomain),
  )
  return {
    domain: first.domain,
    active: first.active,
    origin: first.origin,
    mailboxes: mergeBy(
      first.mailboxes,
      second.mailboxes,
      (mailbox) => mailbox.address,
      (a, b) => mergeMailboxes(a, b, conflict),
    ),
    addresses: mergeBy(
      first.addresses,
      second.addresses,
      (address) => address.address,
      (a, b) => mergeAddresses(a, b, conflict),
    ),
    aliasDomains: [...aliasDomains].filter((aliasDomain) => !firstSays(aliasDomain)),
    inactiveAliasDomains: [...new Set(inactive)],
    ...spamOf(first.spam, second.spam),
    domainAdmins: mergeBy(first.domainAdmins, second.domainAdmins, (admin) => admin.username, mergeAdmins),
  }
}

function mergeBy<Entry>(
  first: readonly Entry[],
  second: readonly Entry[],
  keyOf: (entry: Entry) => string,
  merge: (a: Entry, b: Entry) => Entry,
): readonly Entry[] {
  const merged = new Map(first.map((entry) => [keyOf(entry), entry]))
  for (const entry of second) {
    const known = merged.get(keyOf(entry))
    merged.set(keyOf(entry), known === undefined ? entry : merge(known, entry))
  }
  return [...merged.values()]
}

type ReportConflict = (item: string | undefined, field: string, first: Sourced, second: Sourced) => void
interface Sourced {
  readonly origin: Origin
}

const mailboxFields = ['name', 'quotaBytes', 'active', 'canReceive', 'canLogin', 'ownAddress'] as const

function mergeMailboxes(first: Mailbox, second: Mailbox, conflict: ReportConflict): Mailbox {
  for (const field of mailboxFields)
    if (first[field] !== undefined && second[field] !== undefined && first[field] !== second[field])
      conflict(first.address, field, first, second)
  return {
    ...second,
    ...first,
    quotaBytes: first.quotaBytes === undefined ? second.quotaBytes : first.quotaBytes,
    ...spamOf(first.spam, second.spam),
  }
}

function spamOf(
  first: SpamSettings | undefined,
  second: SpamSettings | undefined,
): { readonly spam?: SpamSettings } {
  const spam = mergeSpam(first, second)
  return spam === undefined ? {} : { spam }
}

function mergeAddresses(first: Address, second: Address, conflict: ReportConflict): Address {
  if (first.active !== second.active) conflict(first.address, 'active', first, second)
  if (targetSet(first) !== targetSet(second)) conflict(first.address, 'targets', first, second)
  return first
}

function targetSet(address: Address): string {
  return address.targets.map(printTarget).toSorted(compareText).join(' ')
}

function mergeAdmins(first: DomainAdmin, second: DomainAdmin): DomainAdmin {
  return { ...second, ...first }
}

/** A name is either a domain or an alias domain, and an alias domain stands for one domain only. */
function settleAliasDomains(
  domains: readonly InventoryDomain[],
  inventories: readonly Inventory[],
  conflicts: InventoryIssue[],
): InventoryDomain[] {
  // An alias domain has no origin of its own: that of the domain which the same source lists it under is the nearest.
  const saysSo = (aliasDomain: string, domain: InventoryDomain): Sourced =>
    inventories
      .flatMap((inventory) => inventory.domains)
      .find(
        (entry) =>
          entry.domain === domain.domain &&
          [...entry.aliasDomains, ...entry.inactiveAliasDomains].includes(aliasDomain),
      ) ?? domain
  const owners = new Map<string, InventoryDomain>(domains.map((domain) => [domain.domain, domain]))
  return domains.map((domain) => {
    const conflict = conflictsOf(domain.domain, conflicts)
    const isOurs = (aliasDomain: string): boolean => {
      const owner = owners.get(aliasDomain)
      if (owner === undefined) owners.set(aliasDomain, domain)
      else conflict(aliasDomain, 'alias domain', saysSo(aliasDomain, owner), saysSo(aliasDomain, domain))
      return owner === undefined
    }
    return {
      ...domain,
      aliasDomains: domain.aliasDomains.filter(isOurs),
      inactiveAliasDomains: domain.inactiveAliasDomains.filter(isOurs),
    }
  })
}

function conflictsOf(domain: string, conflicts: InventoryIssue[]): ReportConflict {
  return (item, field, first, second) => {
    conflicts.push({
      code: 'conflict',
      // A display name is no reason to hold a domain back.
      severity: field === 'name' ? 'yellow' : 'red',
      domain,
      ...(item === undefined ? {} : { item }),
      message: `${item ?? domain}: ${printOrigin(first.origin)} and ${printOrigin(second.origin)} disagree about ${field === 'alias domain' ? 'what it is' : field}; the first one is used`,
      remedy: 'Correct one of the two sources, or accept that the first one holds.',
      origins: [first.origin, second.origin],
    })
  }
}

function printOrigin(origin: Origin): string {
  return origin.line === undefined ? origin.file : `${origin.file}:${origin.line}`
}
