import type { MailcowClient } from '../client.ts'
import { type DkimKey, publicPart } from '../dkim.ts'
import { normaliseDomain } from '../names.ts'
import { ensure, type Ensured, type EnsureOptions } from './ensure.ts'

/**
 * Makes the domain sign with this private key (RSA, PEM) under this selector, so that the record in the DNS that goes
 * with it stays true. The key that mailcow made with the domain is replaced.
 */
export async function ensureDkim(
  client: MailcowClient,
  wanted: { readonly domain: string; readonly selector: string; readonly privateKey: string },
  options: EnsureOptions = {},
): Promise<Ensured<DkimKey>> {
  const domain = normaliseDomain(wanted.domain)
  const { selector, privateKey } = wanted
  const publicKey = publicPart(privateKey)
  const { signal } = options
  const put = (): Promise<void> =>
    client.dkim.import(domain, { selector, privateKey, overwrite: true }, { signal })
  return ensure<DkimKey>(
    {
      route: 'add/dkim_import',
      name: domain,
      read: () => client.dkim.get(domain, { signal }),
      wanted: { selector, publicKey },
      create: put,
      change: put,
    },
    options,
  )
}
