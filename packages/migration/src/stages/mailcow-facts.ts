import type {
  Alias,
  DkimKey,
  Domain,
  Filter,
  ForwardingHost,
  Mailbox,
  MailcowClient,
  PolicyEntry,
  SpamScore,
  TransportRule,
} from '@iteg/mailcow-client'
import { ServerError } from './errors.ts'
import type { DesiredSpam } from './planning/desired.ts'
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

/** The same as mailcow's own lists show it, for the client's `ensure` functions to compare with. */
export interface MailcowObjects {
  readonly forwardingHosts: readonly ForwardingHost[]
  /** Only those whose destination is the domain. */
  readonly transports: readonly TransportRule[]
  readonly domain: Domain | undefined
  /** Only read where one is to be taken over. */
  readonly dkim: DkimKey | undefined
  readonly mailboxes: readonly Mailbox[]
  readonly aliases: readonly Alias[]
  readonly filters: readonly Filter[]
  /** Only read where spam lists are to be taken over; also those of the domain's mailboxes. */
  readonly policies?: readonly PolicyEntry[]
  /** By mailbox; only of those whose thresholds are to be taken over. */
  readonly spamScores?: ReadonlyMap<string, SpamScore>
}

export interface MailcowFacts extends MailcowState {
  readonly objects: MailcowObjects
}

/** Reads everything on mailcow that concerns one domain, its DKIM key only with `dkim`. Rejects with `ServerError` (`new.mailcow`). */
export async function readMailcow(
  client: MailcowClient,
  domain: string,
  aliasDomains: readonly string[],
  options: StageOptions & { readonly dkim?: boolean; readonly spam?: DesiredSpam | undefined },
): Promise<MailcowFacts> {
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
    const ownTransports = transports.filter((transport) => transport.destination.toLowerCase() === domain)
    const shared = {
      forwardingHosts: forwardingHosts.map(({ host, filterSpam }) => ({ host, filterSpam })),
      transports: ownTransports.map(({ id, destination, nexthop, active }) => ({
        id,
        destination,
        nexthop,
        active,
      })),
      ...(aliasDomainOf === undefined ? {} : { aliasDomainOf }),
      takenAliasDomains: taken.map((entry) => entry.domain),
    }
    const none = { domain: found, dkim: undefined, mailboxes: [], aliases: [], filters: [] }
    const objects = { ...none, forwardingHosts, transports: ownTransports }
    if (found === undefined)
      return { ...shared, domain: undefined, mailboxes: [], aliases: [], filters: [], objects }
    const [mailboxes, allAliases, allFilters, dkim] = await Promise.all([
      client.mailboxes.list(domain, call),
      client.aliases.list(domain, call),
      client.filters.list(undefined, call),
      options.dkim === true ? client.dkim.get(domain, call) : undefined,
    ])
    const addresses = new Set(mailboxes.map((mailbox) => mailbox.address))
    const spam = await readSpam(client, domain, addresses, options.spam, call)
    const aliases = allAliases.filter((alias) => alias.domain === domain)
    const filters = allFilters.filter((filter) => addresses.has(filter.mailbox))
    return {
      ...shared,
      ...spam,
      objects: { ...objects, dkim, mailboxes, aliases, filters, ...spam },
      domain: stateDomain(found),
      ...(dkim === undefined ? {} : { dkim: { selector: dkim.selector, publicKey: dkim.publicKey } }),
      mailboxes: mailboxes.map(stateMailbox),
      aliases: aliases.map(stateAlias),
      filters: filters.map(stateFilter),
    }
  })
}

/** Two lists, and the thresholds of those mailboxes that shall have others: mailcow has no list of these. */
async function readSpam(
  client: MailcowClient,
  domain: string,
  there: ReadonlySet<string>,
  wanted: DesiredSpam | undefined,
  call: { readonly signal?: AbortSignal },
): Promise<Pick<MailcowObjects, 'policies' | 'spamScores'>> {
  if (wanted === undefined) return {}
  const policies =
    wanted.policies.length === 0
      ? []
      : await Promise.all([
          client.policies.listAll(domain, 'allow', call),
          client.policies.listAll(domain, 'deny', call),
        ])
  const spamScores = new Map<string, SpamScore>()
  for (const { mailbox } of wanted.scores) {
    const score = there.has(mailbox) ? await client.spamScores.get(mailbox, call) : undefined
    if (score !== undefined) spamScores.set(mailbox, score)
  }
  return { policies: policies.flat(), spamScores }
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
