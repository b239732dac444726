import { byKey, isDomainName, same, type JsonValue } from './php-values.ts'
import type { AliasDomainRow, AliasRow, DomainRow, MailboxRow, MailcowState } from './state.ts'

/** The questions that nearly every resource asks of the state. Comparisons are case-insensitive, as MySQL's are. */

export function findDomain(state: MailcowState, domain: string): DomainRow | undefined {
  return state.domains.find((row) => same(row.domain, domain))
}

export function findAliasDomain(state: MailcowState, domain: string): AliasDomainRow | undefined {
  return state.aliasDomains.find((row) => same(row.aliasDomain, domain))
}

/** A mailbox or a resource: they share a table. */
export function findAccount(state: MailcowState, username: string): MailboxRow | undefined {
  return state.mailboxes.find((row) => same(row.username, username))
}

export function findMailbox(state: MailcowState, username: string): MailboxRow | undefined {
  const row = findAccount(state, username)
  return row?.kind === '' ? row : undefined
}

/** An administrator may touch a domain when it is a domain or an alias domain. */
export function hasDomainAccess(state: MailcowState, domain: string): boolean {
  return (
    domain !== '' &&
    isDomainName(domain) &&
    (findDomain(state, domain) !== undefined || findAliasDomain(state, domain) !== undefined)
  )
}

export function hasMailboxAccess(state: MailcowState, username: string): boolean {
  const row = findAccount(state, username)
  return row !== undefined && hasDomainAccess(state, row.domain)
}

export function domainNames(state: MailcowState): string[] {
  return state.domains.map((row) => row.domain).toSorted(byKey)
}

export function aliasDomainNames(state: MailcowState, target?: string): string[] {
  return state.aliasDomains
    .filter((row) => target === undefined || same(row.targetDomain, target))
    .map((row) => row.aliasDomain)
    .toSorted(byKey)
}

/** Sorted by address; without a domain those of the whole server. */
export function mailboxNames(state: MailcowState, domain?: string): string[] {
  return state.mailboxes
    .filter((row) => row.kind === '' && (domain === undefined || same(row.domain, domain)))
    .map((row) => row.username)
    .toSorted(byKey)
}

/** Bytes given to the mailboxes of a domain; unlimited ones count 0, negative ones count against. */
export function quotaInUse(state: MailcowState, domain: string, except?: string): number {
  return state.mailboxes
    .filter((row) => row.kind === '' && same(row.domain, domain))
    .filter((row) => except === undefined || !same(row.username, except))
    .reduce((sum, row) => sum + row.quota, 0)
}

/** Aliases that count against the limit: not the ones that only say that a mailbox is there. */
export function countAliases(state: MailcowState, domains: readonly string[]): number {
  return state.aliases.filter(
    (row) =>
      domains.some((domain) => same(row.domain, domain)) && findAccount(state, row.address) === undefined,
  ).length
}

/** By id or by address; never the row of a mailbox itself. */
export function findAlias(state: MailcowState, idOrAddress: JsonValue): AliasRow | undefined {
  if (typeof idOrAddress === 'object' || typeof idOrAddress === 'boolean') return undefined
  const id = Number.parseInt(String(idOrAddress), 10)
  return state.aliases
    .filter((row) => !same(row.address, row.goto))
    .find((row) => row.id === id || same(row.address, String(idOrAddress)))
}

/** Is the address taken: by an alias, a mailbox, or a mailbox seen through an alias domain? */
export function isAliasOrMailbox(state: MailcowState, address: string): boolean {
  if (state.aliases.some((row) => same(row.address, address))) return true
  const at = address.indexOf('@')
  const aliasDomain = findAliasDomain(state, address.slice(at + 1))
  if (aliasDomain === undefined) return false
  const shadowed = `${address.slice(0, at)}@${aliasDomain.targetDomain}`
  return (
    findAccount(state, shadowed) !== undefined && state.aliases.some((row) => same(row.address, shadowed))
  )
}

/** Is the address a time-limited alias, ended or not? */
export function isSpamAlias(state: MailcowState, address: string): boolean {
  return state.timeLimitedAliases.some((row) => same(row.address, address))
}

export function rateLimit(state: MailcowState, object: string): { value: string; frame: string } | false {
  const row = state.rateLimits.find((limit) => limit.object === object)
  return row === undefined ? false : { value: row.value, frame: row.frame }
}
