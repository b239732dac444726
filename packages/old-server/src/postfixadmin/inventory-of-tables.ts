import { parseAddress, parseDomain, shorten, splitAddress } from '../address.ts'
import { canonicalInventory } from '../canonical.ts'
import { parseUsername } from '../fields.ts'
import type { Address, DomainAdmin, Inventory, Mailbox, Origin } from '../model.ts'
import { hostedDomains } from './hosted-domains.ts'
import { Issues } from './issues.ts'
import type { AliasRow, MailboxRow, Tables } from './tables.ts'
import { readTargets } from './targets.ts'

/**
 * What PostfixAdmin's rows mean. Pure.
 *
 * Rows of domains that are not hosted (`backupmx`, or without a row in `domain`) are left out: the old server takes no mail for
 * them either.
 */
export function inventoryOfTables(tables: Tables): Inventory {
  const issues = new Issues()
  const { domains, homeOf } = hostedDomains(tables, issues)
  const mailboxes = new Map<string, { readonly row: MailboxRow; readonly domain: string }>()
  for (const row of sortedBy(tables.mailboxes, (mailbox) => mailbox.username)) {
    const address = parseAddress(row.username)
    if ('problem' in address) {
      issues.unreadable(domainIn(row.username), 'mailbox', row.username, address.problem)
      continue
    }
    const { domain } = splitAddress(address.value)
    if (!domains.has(domain)) continue
    if (mailboxes.has(address.value)) issues.twice(domain, 'mailbox', address.value)
    else mailboxes.set(address.value, { row, domain })
  }
  const aliases = new Map<string, { readonly address: Address; readonly home: string }>()
  const keepOwnAddress = new Set<string>()
  for (const row of sortedBy(tables.aliases, (alias) => alias.address)) {
    const address = parseAddress(row.address, { catchAll: true })
    if ('problem' in address) {
      issues.unreadable(domainIn(row.address), 'alias', row.address, address.problem)
      continue
    }
    const home = homeOf(splitAddress(address.value).domain)
    if (home === undefined) continue
    if (aliases.has(address.value) || keepOwnAddress.has(address.value)) {
      issues.twice(home, 'alias', address.value)
      continue
    }
    const isMailbox = mailboxes.has(address.value)
    if (isMailbox && row.active) keepOwnAddress.add(address.value)
    const read = readAlias(row, address.value, home, issues)
    // Every mailbox has a row that leads to itself; an inventory takes that for granted.
    if (read !== undefined && !(isMailbox && leadsOnlyToItself(read)))
      aliases.set(address.value, { address: read, home })
  }
  for (const [address, { row, domain }] of mailboxes)
    domains.get(domain)?.mailboxes.push(mailboxOf(address, row, domain, keepOwnAddress.has(address), issues))
  for (const { address, home } of aliases.values()) domains.get(home)?.addresses.push(address)
  for (const [domain, admin] of admins(tables, homeOf)) domains.get(domain)?.domainAdmins.push(admin)
  for (const [mailbox, server] of fetched(tables)) {
    const home = homeOf(splitAddress(mailbox).domain)
    if (home !== undefined) issues.fetched(home, mailbox, server)
  }
  return canonicalInventory([...domains.values()], issues.list())
}

/** By code unit, so that of two rows for one address the same one holds, whatever the database's order. */
function sortedBy<R>(rows: readonly R[], key: (row: R) => string): readonly R[] {
  return rows.toSorted((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))))
}

/** Each mailbox and server once, however many folders are fetched. */
function fetched(tables: Tables): ReadonlyMap<string, string> {
  const servers = new Map<string, Set<string>>()
  for (const { mailbox, server, active } of tables.fetchmail) {
    const address = parseAddress(mailbox)
    if (!active || 'problem' in address) continue
    servers.set(address.value, (servers.get(address.value) ?? new Set()).add(server))
  }
  return new Map(
    [...servers].map(([mailbox, names]) => [mailbox, [...names].toSorted().slice(0, 5).join(', ')]),
  )
}

function originOf(table: string): Origin {
  return { file: `postfixadmin.${table}` }
}

function mailboxOf(
  address: string,
  row: MailboxRow,
  domain: string,
  ownRow: boolean,
  issues: Issues,
): Mailbox {
  const name = displayName(row.name)
  return {
    address,
    ...(name === '' ? {} : { name }),
    quotaBytes: quotaOf(address, row.quota, domain, issues),
    active: row.active,
    // Switched off, PostfixAdmin switches its row off as well: that says nothing about a catch-all.
    ...(ownRow || !row.active ? {} : { ownAddress: false }),
    origin: originOf('mailbox'),
  }
}

/** A name never stops a mailbox: what cannot stand in one is taken out. */
function displayName(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 1000)
}

/**
 * Bytes. PostfixAdmin's "1 MB" is 1,024,000 bytes, and that is what Dovecot enforces: it is kept to the byte. 0 is no limit, and
 * below 0 Dovecot sees none either.
 */
function quotaOf(address: string, text: string, domain: string, issues: Issues): number | null | undefined {
  const bytes = /^-?\d{1,19}$/u.test(text) ? Number(text) : Number.NaN
  if (bytes <= 0) return null
  if (Number.isSafeInteger(bytes)) return bytes
  issues.unreadable(domain, 'mailbox', address, `its quota '${shorten(text)}' is no number of bytes`)
  return undefined
}

function readAlias(row: AliasRow, address: string, home: string, issues: Issues): Address | undefined {
  const { targets, problems, placeholders } = readTargets(row.goto)
  for (const problem of problems) issues.unreadable(home, 'alias', address, problem)
  if (placeholders > 0 && targets.length === 0) {
    issues.placeholder(home, address)
    return undefined
  }
  return { address, targets, active: row.active, origin: originOf('alias') }
}

function leadsOnlyToItself({ address, targets }: Address): boolean {
  return targets.every((target) => target.kind === 'external' && target.address === address)
}

/** `ALL` is how superadmins are marked. */
function* admins(
  tables: Tables,
  homeOf: (domain: string) => string | undefined,
): Generator<readonly [string, DomainAdmin]> {
  const seen = new Set<string>()
  for (const row of sortedBy(tables.admins, (admin) => `${admin.domain} ${admin.username}`)) {
    const domain = parseDomain(row.domain)
    const username = parseUsername(row.username)
    if ('problem' in domain || 'problem' in username) continue
    const home = homeOf(domain.value)
    const key = `${home} ${username.value}`
    if (home === undefined || seen.has(key)) continue
    seen.add(key)
    yield [home, { username: username.value }]
  }
}

/** Under which domain to complain of an address that is none. */
function domainIn(text: string): string {
  const domain = parseDomain(text.slice(text.lastIndexOf('@') + 1))
  return 'value' in domain ? domain.value : shorten(text)
}
