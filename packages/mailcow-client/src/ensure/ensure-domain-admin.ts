import type { MailcowClient } from '../client.ts'
import type { DomainAdmin } from '../domain-admin.ts'
import { normaliseDomain } from '../names.ts'
import type { NewPassword } from '../password.ts'
import { ensure, type Ensured, type EnsureOptions, only } from './ensure.ts'

/** A domain admin as it shall be. */
export interface WantedDomainAdmin {
  readonly username: string
  /** Exactly these. */
  readonly domains: readonly string[]
  readonly active: boolean
  /** Never looked at again when the admin is there. */
  readonly atCreation: NewPassword
}

/** Makes the domain admin be there and be like this. One that is there keeps the password. */
export function ensureDomainAdmin(
  client: MailcowClient,
  wanted: WantedDomainAdmin,
  options: EnsureOptions<DomainAdmin> = {},
): Promise<Ensured<DomainAdmin>> {
  const { username, active, atCreation } = wanted
  const domains = wanted.domains.map(normaliseDomain)
  const { signal } = options
  return ensure<DomainAdmin>(
    {
      route: 'edit/domain-admin',
      name: username,
      read: () => client.domainAdmins.get(username, { signal }),
      wanted: { domains, active },
      hasSecret: true,
      create: () => client.domainAdmins.add({ username, domains, active, ...atCreation }, { signal }),
      change: (names) => client.domainAdmins.edit(username, only({ domains, active }, names), { signal }),
    },
    options,
  )
}
