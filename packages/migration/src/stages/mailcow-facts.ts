import type { Alias, Domain, Filter, Mailbox, MailcowClient } from '@iteg/mailcow-client'
import { ServerError } from './errors.ts'
import { isMailcowError } from './mailcow-error.ts'
import type { StageOptions } from './options.ts'
import type {
  MailcowState,
  StateAlias,
  StateDomain,
  StateFilter,
  StateMailbox,
} from './planning/mailcow-state.ts'
import { asSentence } from './sentence.ts'

/** Reads everything on mailcow that concerns one domain, its DKIM key only with `dkim`. Rejects with `ServerError` (`new.mailcow`). */
export async function readMailcow(
  client: MailcowClient,
  domain: string,
  aliasDomains: readonly string[],
  options: StageOptions & { readonly dkim?: boolean },
): Promise<MailcowState> {
  return asking(options, async (call) => {
    const found = await client.domains.get(domain, call)
    const [forwardingHosts, transports, allAliasDomains, ...allDomains] = await Promise.all([
      client.forwardingHosts.list(call),
      client.transports.list(call),
      client.aliasDomains.list(call),
      ...aliasDomains.map((name) => client.domains.get(name, call)),
    ])
    const aliasDomainOf = allAliasDomains.find((entry) => entry.domain === domain)?.target
    const taken = [
      ...allAliasDomains.filter((entry) => aliasDomains.includes(entry.domain)),
      ...allDomains.filter((entry) => entry !== undefined),
    ]
    const shared = {
      forwardingHosts: forwardingHosts.map(({ host, filterSpam }) => ({ host, filterSpam })),
      transports: transports
        .filter((transport) => transport.destination.toLowerCase() === domain)
        .map(({ id, destination, nexthop, active }) => ({ id, destination, nexthop, active })),
      ...(aliasDomainOf === undefined ? {} : { aliasDomainOf }),
      takenAliasDomains: taken.map((entry) => entry.domain),
    }
    if (found === undefined) return { ...shared, domain: undefined, mailboxes: [], aliases: [], filters: [] }
    const [mailboxes, aliases, filters, dkim] = await Promise.all([
      client.mailboxes.list(domain, call),
      client.aliases.list(domain, call),
      client.filters.list(undefined, call),
      options.dkim === true ? client.dkim.get(domain, call) : undefined,
    ])
    const addresses = new Set(mailboxes.map((mailbox) => mailbox.address))
    return {
      ...shared,
      domain: stateDomain(found),
      ...(dkim === undefined ? {} : { dkim: { selector: dkim.selector, publicKey: dkim.publicKey } }),
      mailboxes: mailboxes.map(stateMailbox),
      aliases: aliases.filter((alias) => alias.domain === domain).map(stateAlias),
      filters: filters.filter((filter) => addresses.has(filter.mailbox)).map(stateFilter),
    }
  })
}

/** Asks mailcow; what it cannot answer becomes a `ServerError` with the client's own sentence and hint. */
export async function asking<Value>(
  options: StageOptions,
  ask: (call: { readonly signal?: AbortSignal }) => Promise<Value>,
): Promise<Value> {
  try {
    return await ask(options.signal === undefined ? {} : { signal: options.signal })
  } catch (error) {
    options.signal?.throwIfAborted()
    throw serverError(error)
  }
}

/** mailcow's refusal or silence as the error of a stage; other errors are passed on. */
export function serverError(error: unknown): unknown {
  if (!isMailcowError(error)) return error
  return new ServerError('new.mailcow', asSentence(`mailcow: ${error.message}`), {
    ...(error.hint === undefined ? {} : { hint: inConfigurationWords(error.hint) }),
    cause: error,
  })
}

/** The client's advice names its own option; the admin knows it by the configuration's key. */
export function inConfigurationWords(hint: string): string {
  return hint.replaceAll('tls.ca', 'new.mailcow.tlsOptions.ca')
}

function stateDomain(domain: Domain): StateDomain {
  return {
    active: domain.active,
    relay: domain.backupMx,
    relayAllRecipients: domain.relayAllRecipients,
    relayUnknownOnly: domain.relayUnknownOnly,
    maxMailboxes: domain.maxMailboxes,
    maxAliases: domain.maxAliases,
    defaultMailboxQuotaBytes: domain.defaultMailboxQuotaBytes,
    maxMailboxQuotaBytes: domain.maxMailboxQuotaBytes,
    totalQuotaBytes: domain.quotaBytes,
  }
}

function stateMailbox({ address, name, quotaBytes, active, forcePasswordUpdate }: Mailbox): StateMailbox {
  return { address, name, quotaBytes, active, forcePasswordUpdate }
}

function stateAlias({ id, address, targets, active, senderAllowed }: Alias): StateAlias {
  return { id, address: address.toLowerCase(), targets, active, senderAllowed }
}

function stateFilter({ id, mailbox, type, description, script, active }: Filter): StateFilter {
  return { id, mailbox, type, description, script, active }
}
