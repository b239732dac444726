import type { MailcowClient } from '../client.ts'
import type { Domain, DomainSettings } from '../domain.ts'
import { normaliseDomain } from '../names.ts'
import { ensure, type Ensured, type EnsureOptions, only } from './ensure.ts'

/**
 * A domain as it shall be. `dkim` and `restartSogo` count only when it is made; tags are added, never taken away.
 */
export interface WantedDomain extends DomainSettings {
  /** Limits and quotas that are larger than wanted are left alone. Default false: exactly as wanted. */
  readonly raiseOnly?: boolean
}

const LIMITS = [
  'maxAliases',
  'maxMailboxes',
  'defaultMailboxQuotaBytes',
  'maxMailboxQuotaBytes',
  'quotaBytes',
] as const satisfies readonly (keyof Domain & keyof DomainSettings)[]

/** Makes the domain be there and be like this; whatever is not named stays as it is. */
export function ensureDomain(
  client: MailcowClient,
  wanted: WantedDomain,
  options: EnsureOptions<Domain> = {},
): Promise<Ensured<Domain>> {
  const domain = normaliseDomain(wanted.domain)
  const { raiseOnly = false, ...settings } = wanted
  const { domain: _domain, dkim: _dkim, restartSogo: _restart, ...fields } = settings
  const { rateLimit, tags = [], ...changes } = fields
  const { signal } = options
  return ensure<Domain>(
    {
      route: 'edit/domain',
      name: domain,
      read: () => client.domains.get(domain, { signal }),
      wanted: fields,
      fits: {
        tags: (found) => tags.every((tag) => found.tags.includes(tag)),
        ...(raiseOnly ? atLeast(wanted) : {}),
      },
      create: () => client.domains.add({ ...settings, domain }, { signal }),
      change: async (names) => {
        const missing = names.has('tags') ? { addTags: tags } : {}
        // The three flags only make sense together: mailcow lets one of them undo another.
        const flags = ['backupMx', 'relayAllRecipients', 'relayUnknownOnly']
        const isFlagged = flags.some((flag) => names.has(flag))
        const chosen = isFlagged ? new Set([...names, ...flags]) : names
        const attr = { ...only(changes, chosen), ...missing }
        if (Object.keys(attr).length > 0) await client.domains.edit(domain, attr, { signal })
        if (names.has('rateLimit')) await client.rateLimits.setDomain(domain, rateLimit ?? null, { signal })
      },
    },
    options,
  )
}

function atLeast(wanted: DomainSettings): Readonly<Record<string, (found: Domain) => boolean>> {
  return Object.fromEntries(LIMITS.map((limit) => [limit, (found) => found[limit] >= (wanted[limit] ?? 0)]))
}
