import type { MailcowClient } from '../client.ts'
import type { ForwardingHost } from '../forwarding-host.ts'
import { hasTransportPassword, type TransportRule, type TransportSettings } from '../transport.ts'
import { ensure, type Ensured, type EnsureOptions, only } from './ensure.ts'

/** Makes a transport rule for this destination be there and be like this. */
export function ensureTransport(
  client: MailcowClient,
  wanted: TransportSettings,
  options: EnsureOptions<TransportRule> = {},
): Promise<Ensured<TransportRule>> {
  const { password, ...changes } = wanted
  const { signal } = options
  const read = async (): Promise<TransportRule | undefined> =>
    (await client.transports.list({ signal })).find(
      ({ destination }) => destination.toLowerCase() === wanted.destination.toLowerCase(),
    )
  return ensure<TransportRule>(
    {
      route: 'edit/transport',
      name: wanted.destination,
      read,
      // The password itself must not get into the list of changes.
      wanted: { ...changes, ...(password === undefined ? {} : { password: '(secret)' }) },
      fits: {
        destination: () => true,
        password: (found) => password !== undefined && hasTransportPassword(found, password),
      },
      create: () => client.transports.addOnly(wanted, { signal }),
      change: (names, found) => client.transports.edit(found.id, only(wanted, names), { signal }),
    },
    options,
  )
}

/** Makes the address be a forwarding host with, or without, the spam filter. Give an address, not a name. */
export function ensureForwardingHost(
  client: MailcowClient,
  wanted: { readonly host: string; readonly filterSpam: boolean },
  options: EnsureOptions<ForwardingHost> = {},
): Promise<Ensured<ForwardingHost>> {
  const { host, filterSpam } = wanted
  const { signal } = options
  return ensure<ForwardingHost>(
    {
      route: 'edit/fwdhost',
      name: host,
      read: async () =>
        (await client.forwardingHosts.list({ signal })).find(
          (candidate) => candidate.host === host || candidate.source === host,
        ),
      wanted: { filterSpam },
      create: () => client.forwardingHosts.add(wanted, { signal }),
      // Adding again sets it anew, for all addresses that a name stands for.
      change: () => client.forwardingHosts.add(wanted, { signal }),
    },
    options,
  )
}

/** Makes a network or address be on fail2ban's list of those that are never banned. */
export async function ensureNeverBanned(
  client: MailcowClient,
  network: string,
  options: EnsureOptions<{ readonly allowList: readonly string[] }> = {},
): Promise<Ensured<{ readonly allowList: readonly string[] }>> {
  const { signal } = options
  const add = (): Promise<void> => client.fail2ban.allow(network, { signal })
  return ensure(
    {
      route: 'edit/fail2ban',
      name: network,
      read: () => client.fail2ban.get({ signal }),
      wanted: { allowList: [network] },
      fits: { allowList: (found) => found.allowList.includes(network) },
      create: add,
      change: add,
    },
    options,
  )
}
