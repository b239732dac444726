import { parseAddress, parseDomain, shorten, splitAddress } from '../address.ts'
import { canonicalInventory } from '../canonical.ts'
import type { Address, Inventory, InventoryDomain, InventoryIssue, Mailbox, Origin } from '../model.ts'
import { parseTarget, splitTargets, type Target } from '../target.ts'
import type { PostfixParameters } from './parameters.ts'
import type { Listed, ListedEntry } from './read-entries.ts'

/** The tables that say what a Postfix hosts. */
export interface PostfixMaps {
  readonly parameters: PostfixParameters
  readonly mailboxDomains: Listed
  readonly aliasDomains: Listed
  readonly mailboxes: Listed
  readonly aliases: Listed
}

/**
 * What the maps mean (virtual(5), postconf(5)). Pure.
 *
 * An alias domain is how plain maps write one: a hosted domain without mailboxes whose only row is `@alias.example @example.at`.
 */
export function inventoryOfMaps(maps: PostfixMaps): Inventory {
  const issues: InventoryIssue[] = []
  const hosted = hostedDomains(maps)
  const rows = firstOfEach(maps.aliases.entries, issues, hosted)
  const boxes = firstOfEach(maps.mailboxes.entries, issues, hosted)
  const aliasOf = aliasDomainsOf(hosted, rows, boxes)
  const open = new Map(
    [...hosted]
      .filter(([domain]) => !aliasOf.has(domain))
      .map(([domain, origin]) => [
        domain,
        { domain, origin, mailboxes: [] as Mailbox[], addresses: [] as Address[] },
      ]),
  )
  for (const [address, entry] of boxes) {
    const home = open.get(splitAddress(address).domain)
    if (home === undefined) continue
    if (address.startsWith('@')) issues.push(catchAllMailbox(home.domain, address, originOf(entry)))
    else home.mailboxes.push(mailboxOf(address, entry, rows))
  }
  for (const [address, entry] of rows) {
    const { domain } = splitAddress(address)
    const home = open.get(aliasOf.get(domain) ?? domain)
    if (home === undefined || (aliasOf.has(domain) && address === `@${domain}`)) continue
    const read = addressOf(address, entry, home.domain, issues)
    if (!(boxes.has(address) && leadsOnlyToItself(read))) home.addresses.push(read)
  }
  for (const { domain, origin } of open.values()) issues.push(...unlistedIssues(maps, domain, origin))
  const domains = [...open.values()].map((domain): InventoryDomain => ({
    ...domain,
    active: true,
    aliasDomains: [...aliasOf].filter(([, target]) => target === domain.domain).map(([alias]) => alias),
    inactiveAliasDomains: [],
    domainAdmins: [],
  }))
  return canonicalInventory(domains, issues)
}

const originOf = ({ file, line }: ListedEntry): Origin => ({ file, line })

function hostedDomains({
  mailboxDomains,
  aliasDomains,
  parameters,
}: PostfixMaps): ReadonlyMap<string, Origin> {
  const relayed = new Set(parameters.lists.mydestination.map(({ text }) => text))
  const hosted = new Map<string, Origin>()
  for (const entry of [...mailboxDomains.entries, ...aliasDomains.entries]) {
    // Keys with an @ stand in virtual_alias_maps, which also lists the alias domains by default (postconf(5)).
    const domain = entry.key.includes('@') ? undefined : parseDomain(entry.key)
    if (
      domain === undefined ||
      'problem' in domain ||
      !domain.value.includes('.') ||
      relayed.has(domain.value)
    )
      continue
    if (!hosted.has(domain.value)) hosted.set(domain.value, originOf(entry))
  }
  return hosted
}

/** The first table that has a key decides, and in one table there is a key once only. */
function firstOfEach(
  entries: readonly ListedEntry[],
  issues: InventoryIssue[],
  hosted: ReadonlyMap<string, Origin>,
): ReadonlyMap<string, ListedEntry> {
  const found = new Map<string, ListedEntry>()
  for (const entry of entries) {
    if (!entry.key.includes('@')) continue
    const address = parseAddress(entry.key, { catchAll: true })
    if ('problem' in address) {
      const domain = parseDomain(entry.key.slice(entry.key.lastIndexOf('@') + 1))
      const within = 'value' in domain ? domain.value : shorten(entry.key)
      if (hosted.has(within)) issues.push(unreadable(within, entry, address.problem))
    } else if (!found.has(address.value)) found.set(address.value, entry)
  }
  return found
}

function aliasDomainsOf(
  hosted: ReadonlyMap<string, Origin>,
  rows: ReadonlyMap<string, ListedEntry>,
  boxes: ReadonlyMap<string, ListedEntry>,
): ReadonlyMap<string, string> {
  const withMailboxes = new Set([...boxes.keys()].map((address) => splitAddress(address).domain))
  const candidates = new Map<string, string>()
  for (const domain of hosted.keys()) {
    const [target, ...more] = splitTargets(rows.get(`@${domain}`)?.value ?? '')
    const parsed = target?.startsWith('@') === true ? parseDomain(target.slice(1)) : undefined
    if (parsed === undefined || 'problem' in parsed || more.length > 0) continue
    if (hosted.has(parsed.value) && parsed.value !== domain && !withMailboxes.has(domain))
      candidates.set(domain, parsed.value)
  }
  // One that leads to another alias domain stays a domain of its own: mailcow knows no chains.
  return new Map([...candidates].filter(([, target]) => !candidates.has(target)))
}

function mailboxOf(address: string, entry: ListedEntry, rows: ReadonlyMap<string, ListedEntry>): Mailbox {
  return {
    address,
    quotaBytes: undefined,
    active: true,
    ...(rows.has(address) ? {} : { ownAddress: false }),
    origin: originOf(entry),
  }
}

function addressOf(address: string, entry: ListedEntry, domain: string, issues: InventoryIssue[]): Address {
  const targets: Target[] = []
  for (const text of splitTargets(entry.value)) {
    const target = parseTarget(text)
    if ('problem' in target) issues.push(unreadable(domain, entry, target.problem))
    else targets.push(target.value)
  }
  return { address, targets, active: true, origin: originOf(entry) }
}

function leadsOnlyToItself({ address, targets }: Address): boolean {
  return targets.every((target) => target.kind === 'external' && target.address === address)
}

function unreadable(domain: string, entry: ListedEntry, problem: string): InventoryIssue {
  return {
    code: 'row-unreadable',
    severity: 'red',
    domain,
    item: shorten(entry.key),
    message: `${entry.file}:${entry.line}, ${shorten(entry.key)}: ${problem}; that is left out.`,
    remedy: 'Correct the line, or accept that it does not move.',
    origins: [originOf(entry)],
  }
}

function catchAllMailbox(domain: string, address: string, origin: Origin): InventoryIssue {
  return {
    code: 'row-unreadable',
    severity: 'red',
    domain,
    item: address,
    message: `A mailbox for every address of ${domain} (${address} in virtual_mailbox_maps) cannot be moved as it is.`,
    remedy:
      'Write in an inventory file which mailboxes there are; a catch-all becomes an alias of one of them.',
    origins: [origin],
  }
}

function unlistedIssues(maps: PostfixMaps, domain: string, origin: Origin): readonly InventoryIssue[] {
  const lists = [maps.mailboxDomains, maps.aliasDomains, maps.mailboxes, maps.aliases]
  const tables = [...new Set(lists.flatMap(({ unlisted }) => unlisted))]
  return tables.map((table) => ({
    code: 'table-unlisted',
    severity: 'red',
    domain,
    item: shorten(table),
    message: `What Postfix' table ${shorten(table)} holds cannot be listed: addresses of ${domain} may be missing here.`,
    remedy:
      'Name the database behind it (kind: postfixadmin), or list its addresses in an inventory file, then accept this.',
    origins: [origin],
  }))
}
