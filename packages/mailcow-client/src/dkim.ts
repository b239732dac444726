import { createPublicKey } from 'node:crypto'
import type { Api, DecodeContext } from './api.ts'
import { notAsIntended } from './read-back.ts'
import { type ItemResult, MailcowError, usageError } from './errors.ts'
import { normaliseDomain } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { flagToWire } from './request.ts'
import { ignored, integer, text } from './wire.ts'
import { byName, gone, writeEach } from './write-each.ts'

/** The DKIM key with which mailcow signs a domain's mail. The private part is not handed on. */
export interface DkimKey {
  readonly domain: string
  readonly selector: string
  readonly bits: number
  /** Base64 of the public key. */
  readonly publicKey: string
  /** The value of the TXT record `<selector>._domainkey.<domain>`. */
  readonly record: string
}

export interface NewDkimKey {
  /** Default `dkim`. */
  readonly selector?: string
  /** 1024, 2048 (default), 3072 or 4096. */
  readonly bits?: number
}

export const dkimReply = defineReply('DKIM key', {
  required: { pubkey: text, dkim_txt: text, dkim_selector: text },
  expected: { length: integer, privkey: ignored },
  sometimes: {},
})

/** DKIM keys: `get/dkim`, `add/dkim`, `add/dkim_duplicate`, `add/dkim_import`, `delete/dkim`. */
export class DkimKeys {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async get(domain: string, options: CallOptions = {}): Promise<DkimKey | undefined> {
    const name = normaliseDomain(domain)
    const decode = (value: unknown, context: DecodeContext): DkimKey => {
      const reply = context.parse(dkimReply, value)
      return {
        domain: name,
        selector: reply.dkim_selector,
        bits: reply.length ?? 0,
        publicKey: reply.pubkey,
        record: reply.dkim_txt,
      }
    }
    return this.#api.readOne('get/dkim', [name], decode, options)
  }

  /** Makes a key. Rejects with `rejected` when the domain has one: delete it first, then mail is unsigned meanwhile. */
  async add(domain: string, key: NewDkimKey = {}, options: WriteOptions = {}): Promise<void> {
    const name = normaliseDomain(domain)
    const { selector = 'dkim', bits = 2048 } = key
    await this.#api.write(
      {
        route: 'add/dkim',
        done: ['dkim_added'],
        domains: [name],
        body: { domains: name, dkim_selector: selector, key_size: bits },
      },
      options,
    )
    if (options.readBack !== true) return
    const found = await this.get(name, options)
    if (found?.selector !== selector) throw notAsIntended('add/dkim', name, ['selector'])
  }

  /** Copies a domain's key, private part and selector, to other domains; what they had is gone. */
  async duplicate(from: string, to: readonly string[], options: WriteOptions = {}): Promise<void> {
    const source = normaliseDomain(from)
    const targets = to.map(normaliseDomain)
    if (targets.length === 0) throw usageError('no domains were given')
    const entries = await this.#api.write(
      {
        route: 'add/dkim_duplicate',
        done: ['dkim_duplicated'],
        domains: targets,
        body: { from_domain: source, to_domain: targets },
      },
      options,
    )
    const copied = new Set(entries.map((entry) => entry.args[1]))
    const missing = targets.filter((target) => !copied.has(target))
    if (missing.length > 0) throw notAsIntended('add/dkim_duplicate', missing.join(', '), ['existence'])
    if (options.readBack !== true) return
    const key = await this.get(source, options)
    for (const target of targets) {
      const found = await this.get(target, options)
      if (found?.publicKey !== key?.publicKey)
        throw notAsIntended('add/dkim_duplicate', target, ['publicKey'])
    }
  }

  /**
   * Takes over a private RSA key (PEM), for example that of the old server, so that its record in the DNS stays true.
   * Rejects with `rejected` when the domain has a key and `overwrite` is not set (add/domain makes one).
   */
  async import(
    domain: string,
    key: { readonly selector: string; readonly privateKey: string; readonly overwrite?: boolean },
    options: WriteOptions = {},
  ): Promise<void> {
    const name = normaliseDomain(domain)
    if (!/-----BEGIN (?:RSA )?PRIVATE KEY-----/.test(key.privateKey)) {
      throw usageError('privateKey is not an unencrypted private key in PEM form')
    }
    await this.#api.write(
      {
        route: 'add/dkim_import',
        done: ['dkim_added'],
        domains: [name],
        body: {
          domain: name,
          dkim_selector: key.selector,
          private_key_file: key.privateKey,
          overwrite_existing: flagToWire(key.overwrite ?? false),
        },
      },
      options,
    )
    if (options.readBack !== true) return
    const found = await this.get(name, options)
    if (found?.selector !== key.selector) throw notAsIntended('add/dkim_import', name, ['selector'])
    if (found.publicKey !== publicPart(key.privateKey))
      throw notAsIntended('add/dkim_import', name, ['publicKey'])
  }

  /** Deletes keys. mailcow reports success for domains without one too. */
  delete(domain: string, options?: WriteOptions): Promise<void>
  delete(domains: readonly string[], options?: BulkOptions): Promise<readonly ItemResult[]>
  async delete(
    domains: string | readonly string[],
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    return writeEach(
      this.#api,
      domains,
      { route: 'delete/dkim', done: ['dkim_removed'], names: byName, normalise: normaliseDomain },
      options,
      (domain) => gone(this.get(domain, options)),
    )
  }
}

/** As in the record: the DER form of the public key in base64. */
export function publicPart(privateKey: string): string {
  try {
    return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64')
  } catch {
    // The cause could quote the key.
    throw new MailcowError('usage', 'privateKey is not an unencrypted private key in PEM form')
  }
}
