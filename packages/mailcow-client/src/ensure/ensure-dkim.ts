import type { MailcowClient } from '../client.ts'
import { type DkimKey, publicPart } from '../dkim.ts'
import { normaliseDomain } from '../names.ts'
import { ensure, type Ensured, type EnsureOptions } from './ensure.ts'

/** A DKIM key as it shall be. */
export type WantedDkim = { readonly domain: string; readonly selector: string } & (
  | { readonly privateKey: string }
  /** The private part is asked for only when it has to be sent; it must fit the public one (base64, as in the DNS). */
  | { readonly publicKey: string; readonly privateKey: () => Promise<string> | string }
)

/**
 * Makes the domain sign with this private key (RSA, PEM) under this selector, so that the record in the DNS that goes
 * with it stays true. The key that mailcow made with the domain is replaced.
 */
export async function ensureDkim(
  client: MailcowClient,
  wanted: WantedDkim,
  options: EnsureOptions<DkimKey> = {},
): Promise<Ensured<DkimKey>> {
  const domain = normaliseDomain(wanted.domain)
  const { selector } = wanted
  const publicKey = 'publicKey' in wanted ? wanted.publicKey : publicPart(wanted.privateKey)
  const { signal } = options
  const put = async (): Promise<void> => {
    const privateKey = 'publicKey' in wanted ? await wanted.privateKey() : wanted.privateKey
    await client.dkim.import(domain, { selector, privateKey, overwrite: true }, { signal })
  }
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
