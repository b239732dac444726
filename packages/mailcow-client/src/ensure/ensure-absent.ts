import type { Alias, AliasKey } from '../alias.ts'
import type { AliasDomain } from '../alias-domain.ts'
import type { AppPassword } from '../app-password.ts'
import type { MailcowClient } from '../client.ts'
import type { Domain } from '../domain.ts'
import { MailcowError } from '../errors.ts'
import type { Filter } from '../filter.ts'
import type { ForwardingHost } from '../forwarding-host.ts'
import type { Mailbox } from '../mailbox-types.ts'
import { normaliseDomain, normaliseMailbox } from '../names.ts'
import { notAsIntended } from '../read-back.ts'
import type { TransportRule } from '../transport.ts'
import { type EnsureOptions, knownOrRead } from './ensure.ts'

/** What an `ensure…Absent` function found and did. */
export interface EnsuredAbsent<T> {
  readonly outcome: 'deleted' | 'unchanged'
  /** As it was before it was deleted; undefined when it was not there. */
  readonly object: T | undefined
}

interface Absence<T extends object> {
  readonly route: string
  readonly name: string
  readonly read: () => Promise<T | undefined>
  readonly remove: (found: T) => Promise<unknown>
}

/**
 * Reads, deletes what is there, and reads that it is gone: mailcow reports success for some deletions that delete
 * nothing. Repeatable.
 */
async function ensureAbsent<T extends object>(
  { route, name, read, remove }: Absence<T>,
  options: EnsureOptions<T>,
): Promise<EnsuredAbsent<T>> {
  const found = await knownOrRead(read, options)
  if (found === undefined) return { outcome: 'unchanged', object: undefined }
  if (options.dryRun === true) return { outcome: 'deleted', object: found }
  await options.beforeWrite?.({ outcome: 'deleted', changes: [] })
  try {
    await remove(found)
  } catch (error) {
    const isUncertain = error instanceof MailcowError && error.effect === 'unknown'
    if (!isUncertain || options.readBack === false || (await read()) !== undefined) throw error
    return { outcome: 'deleted', object: found }
  }
  if (options.readBack !== false && (await read()) !== undefined)
    throw notAsIntended(route, name, ['existence'])
  return { outcome: 'deleted', object: found }
}

/** Makes the domain be gone, with its aliases and alias domains. Rejects with `rejected` while it has mailboxes. */
export function ensureDomainAbsent(
  client: MailcowClient,
  domain: string,
  options: EnsureOptions<Domain> = {},
): Promise<EnsuredAbsent<Domain>> {
  const name = normaliseDomain(domain)
  const { signal } = options
  return ensureAbsent<Domain>(
    {
      route: 'delete/domain',
      name,
      read: () => client.domains.get(name, { signal }),
      remove: () => client.domains.delete(name, { signal }),
    },
    options,
  )
}

/** Makes the alias domain be gone. */
export function ensureAliasDomainAbsent(
  client: MailcowClient,
  domain: string,
  options: EnsureOptions<AliasDomain> = {},
): Promise<EnsuredAbsent<AliasDomain>> {
  const name = normaliseDomain(domain)
  const { signal } = options
  return ensureAbsent<AliasDomain>(
    {
      route: 'delete/alias-domain',
      name,
      read: () => client.aliasDomains.get(name, { signal }),
      remove: () => client.aliasDomains.delete(name, { signal }),
    },
    options,
  )
}

/** Makes the mailbox be gone, with its mail, app passwords and filters; see {@link Mailboxes.delete}. */
export function ensureMailboxAbsent(
  client: MailcowClient,
  address: string,
  options: EnsureOptions<Mailbox> = {},
): Promise<EnsuredAbsent<Mailbox>> {
  const name = normaliseMailbox(address)
  const { signal } = options
  return ensureAbsent<Mailbox>(
    {
      route: 'delete/mailbox',
      name,
      read: () => client.mailboxes.get(name, { signal }),
      remove: () => client.mailboxes.delete(name, { signal }),
    },
    options,
  )
}

/** Makes the alias with this id or address be gone. */
export function ensureAliasAbsent(
  client: MailcowClient,
  key: AliasKey,
  options: EnsureOptions<Alias> = {},
): Promise<EnsuredAbsent<Alias>> {
  const { signal } = options
  return ensureAbsent<Alias>(
    {
      route: 'delete/alias',
      name: String(key),
      read: () => client.aliases.get(key, { signal }),
      remove: (found) => client.aliases.delete(found.id, { signal }),
    },
    options,
  )
}

/** Makes no transport rule be there for this destination: as long as there is one, it wins over local delivery. */
export function ensureTransportAbsent(
  client: MailcowClient,
  destination: string,
  options: EnsureOptions<TransportRule> = {},
): Promise<EnsuredAbsent<TransportRule>> {
  const name = destination.toLowerCase()
  const { signal } = options
  return ensureAbsent<TransportRule>(
    {
      route: 'delete/transport',
      name,
      read: async () =>
        (await client.transports.list({ signal })).find((rule) => rule.destination.toLowerCase() === name),
      remove: (found) => client.transports.delete(found.id, { signal }),
    },
    options,
  )
}

/** Makes the address be no forwarding host. Give it as the list shows it. */
export function ensureForwardingHostAbsent(
  client: MailcowClient,
  host: string,
  options: EnsureOptions<ForwardingHost> = {},
): Promise<EnsuredAbsent<ForwardingHost>> {
  const { signal } = options
  return ensureAbsent<ForwardingHost>(
    {
      route: 'delete/fwdhost',
      name: host,
      read: async () => (await client.forwardingHosts.list({ signal })).find((found) => found.host === host),
      remove: () => client.forwardingHosts.delete(host, { signal }),
    },
    options,
  )
}

/** Makes the filter with this id be gone. */
export function ensureFilterAbsent(
  client: MailcowClient,
  filter: { readonly mailbox: string; readonly id: number },
  options: EnsureOptions<Filter> = {},
): Promise<EnsuredAbsent<Filter>> {
  const { mailbox, id } = filter
  const { signal } = options
  return ensureAbsent<Filter>(
    {
      route: 'delete/filter',
      name: `${mailbox}: ${id}`,
      read: async () => (await client.filters.list(mailbox, { signal })).find((found) => found.id === id),
      remove: () => client.filters.delete(id, { signal }),
    },
    options,
  )
}

/** Makes the app password with this id be gone. */
export function ensureAppPasswordAbsent(
  client: MailcowClient,
  appPassword: { readonly mailbox: string; readonly id: number },
  options: EnsureOptions<AppPassword> = {},
): Promise<EnsuredAbsent<AppPassword>> {
  const { mailbox, id } = appPassword
  const { signal } = options
  return ensureAbsent<AppPassword>(
    {
      route: 'delete/app-passwd',
      name: `${mailbox}: ${id}`,
      read: async () =>
        (await client.appPasswords.list(mailbox, { signal })).find((found) => found.id === id),
      remove: () => client.appPasswords.delete(id, { signal }),
    },
    options,
  )
}
