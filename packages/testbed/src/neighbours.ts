import type { HostedDomain } from './inventory/hosted-domains.ts'

/** Another domain on the old server, which no migration of somebody else may touch. */
export const stayingDomain: HostedDomain = {
  domain: 'stay.example',
  mailboxes: [
    { address: 'bleibt@stay.example', active: true, quotaBytes: 0 },
    { address: 'auch@stay.example', active: true, quotaBytes: 0 },
  ],
  aliases: [
    { address: 'info@stay.example', targets: ['bleibt@stay.example', 'auch@stay.example'], active: true },
    { address: 'weg@stay.example', targets: ['weg@elsewhere.example'], active: true },
  ],
  aliasDomains: ['stay-alias.example'],
}

/** Another customer of mailcow. */
export const tenant = {
  domain: 'tenant.example',
  mailbox: 'mieter@tenant.example',
  password: 'Tenant-Passw0rd-1',
  /** An alias of the tenant's that leads into a domain of the old server. */
  alias: 'partner@tenant.example',
} as const

/** What the users of `stayingDomain` log in with. */
export const stayingPassword = 'Stay-Passw0rd-1'

interface Api {
  readonly url: string
  readonly apiKey: string
}

/** Makes the tenant as an admin would. */
export async function addTenant({ url, apiKey }: Api, target: string): Promise<void> {
  const add = async (object: string, body: Record<string, unknown>): Promise<void> => {
    const response = await fetch(`${url}/api/v1/add/${object}`, {
      method: 'POST',
      headers: { 'X-API-Key': apiKey, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    const said = await response.text()
    if (!said.includes('success')) throw new Error(`the double refused the tenant's ${object}: ${said}`)
  }
  const { domain, mailbox, password, alias } = tenant
  const sizes = { aliases: 20, mailboxes: 10, defquota: 100, maxquota: 1000, quota: 10_000 }
  await add('domain', { domain, active: 1, restart_sogo: 0, ...sizes })
  await add('mailbox', {
    local_part: mailbox.split('@')[0],
    domain,
    name: 'Mieter',
    quota: 100,
    password,
    password2: password,
    active: 1,
  })
  await add('alias', { address: alias, goto: target, active: 1, sender_allowed: 1 })
}
