import type { Alias, AliasSettings } from '../alias.ts'
import type { AliasDomain, AliasDomainSettings } from '../alias-domain.ts'
import { comparableTargets } from '../alias-request.ts'
import type { MailcowClient } from '../client.ts'
import { normaliseAddress, normaliseDomain } from '../names.ts'
import { ensure, type Ensured, type EnsureOptions, only } from './ensure.ts'

/**
 * Makes the alias be there and be like this. Rejects with `exists` when a mailbox has the address. The case of
 * addresses is not looked at.
 */
export function ensureAlias(
  client: MailcowClient,
  wanted: AliasSettings,
  options: EnsureOptions<Alias> = {},
): Promise<Ensured<Alias>> {
  const address = normaliseAddress(wanted.address)
  const { address: _address, ...changes } = wanted
  const { signal } = options
  const targets = comparableTargets(wanted.targets)
  return ensure<Alias>(
    {
      route: 'edit/alias',
      name: address,
      read: () => client.aliases.get(options.known?.id ?? address, { signal }),
      wanted: { ...changes, targets },
      fits: { targets: (found) => isSameSet(found.targets, targets) },
      create: async () => (await client.aliases.add({ ...wanted, address }, { signal }))[0]?.id,
      change: (names, found) => {
        // An alias with a special target needs it again with every change.
        const isSpecial = typeof wanted.targets === 'string'
        const chosen = isSpecial ? new Set([...names, 'targets']) : names
        return client.aliases.edit(found.id, only(changes, chosen), { signal })
      },
    },
    options,
  )
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  const lower = new Set(left.map((address) => address.toLowerCase()))
  return lower.size === new Set(right.map((address) => address.toLowerCase())).size
    ? right.every((address) => lower.has(address.toLowerCase()))
    : false
}

/**
 * Makes the alias domain be there and be like this. Rejects with `rejected` (`targetd_relay_domain`) as long as the
 * target is a relay domain. `dkim` counts only when it is made.
 */
export function ensureAliasDomain(
  client: MailcowClient,
  wanted: AliasDomainSettings,
  options: EnsureOptions<AliasDomain> = {},
): Promise<Ensured<AliasDomain>> {
  const domain = normaliseDomain(wanted.domain)
  const target = normaliseDomain(wanted.target)
  const { active, rateLimit } = wanted
  const { signal } = options
  return ensure<AliasDomain>(
    {
      route: 'edit/alias-domain',
      name: domain,
      read: () => client.aliasDomains.get(domain, { signal }),
      wanted: { target, active, rateLimit },
      create: () => client.aliasDomains.add({ ...wanted, domain, target }, { signal }),
      change: async (names) => {
        if (names.has('target') || names.has('active')) {
          await client.aliasDomains.edit(domain, only({ target, active }, names), { signal })
        }
        if (names.has('rateLimit')) await client.rateLimits.setDomain(domain, rateLimit ?? null, { signal })
      },
    },
    options,
  )
}
