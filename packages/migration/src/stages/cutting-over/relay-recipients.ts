import type { Alias, AliasDomain, Mailbox, TemporaryAlias } from '@iteg/mailcow-client'

/** What mailcow has of a domain that can get mail. */
export interface RecipientSources {
  readonly domain: string
  readonly mailboxes: readonly Pick<Mailbox, 'address' | 'active' | 'receiveOnly'>[]
  /** Of the domain and of its alias domains. */
  readonly aliases: readonly Pick<Alias, 'address' | 'active'>[]
  readonly aliasDomains: readonly Pick<AliasDomain, 'domain' | 'active'>[]
  readonly temporaryAliases: readonly Pick<TemporaryAlias, 'address' | 'validUntil'>[]
  /** Addresses of rooms and equipment. */
  readonly resources: readonly string[]
  readonly now: Date
}

/**
 * The addresses that mailcow accepts for a domain and its alias domains, as the old server has to know them to refuse the rest
 * itself. `@example.at` stands for all. Sorted, each once. Pure.
 */
export function relayRecipients(sources: RecipientSources): readonly string[] {
  const { domain, now } = sources
  const receives = sources.mailboxes.filter(({ active, receiveOnly }) => active || receiveOnly)
  const own = receives.map(({ address }) => lower(address))
  const names = sources.aliasDomains.filter(({ active }) => active).map((alias) => lower(alias.domain))
  const isOurs = (address: string): boolean =>
    [domain, ...names].includes(address.slice(address.lastIndexOf('@') + 1))
  // mailcow maps an alias domain's addresses to mailboxes only: its aliases have rows of their own.
  const mapped = names.flatMap((name) =>
    own.map((address) => `${address.slice(0, address.lastIndexOf('@'))}@${name}`),
  )
  const aliases = sources.aliases
    .filter(({ active }) => active)
    .map(({ address }) => lower(address))
    .filter(isOurs)
  const temporary = sources.temporaryAliases
    .filter(({ validUntil }) => validUntil === null || validUntil > now)
    .map(({ address }) => lower(address))
    .filter(isOurs)
  const resources = sources.resources.map(lower).filter(isOurs)
  return [...new Set([...own, ...mapped, ...aliases, ...temporary, ...resources])].toSorted()
}

const lower = (address: string): string => address.toLowerCase()
