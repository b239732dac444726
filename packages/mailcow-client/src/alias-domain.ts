import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { readBackOne } from './read-back.ts'
import { differences } from './compare.ts'
import type { ItemResult } from './errors.ts'
import { normaliseDomain } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { type RateLimit, rateLimit, rateLimitToWire } from './rate-limit.ts'
import { defineReply } from './reply.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { parseServerTime } from './time.ts'
import { flag, ignored, nullableText, text } from './wire.ts'
import { byName, finder, gone, writeEach } from './write-each.ts'

/**
 * Another name for a domain: mail for its addresses goes to the mailboxes of the target (not to its aliases). Nobody
 * can log in under it.
 */
export interface AliasDomain {
  readonly domain: string
  readonly target: string
  readonly active: boolean
  /** The target is relayed: then addresses without a mailbox are refused. */
  readonly targetIsRelayed: boolean | null
  readonly rateLimit: RateLimit | null
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

export interface AliasDomainSettings {
  readonly domain: string
  readonly target: string
  readonly active: boolean
  readonly rateLimit?: RateLimit | null
  /** Absent: none is made. */
  readonly dkim?: { readonly selector: string; readonly bits: number }
}

export interface AliasDomainChanges {
  readonly target?: string
  readonly active?: boolean
}

export const aliasDomainReply = defineReply('alias domain', {
  required: { alias_domain: text, target_domain: text, active: flag },
  expected: {
    parent_is_backupmx: flag,
    rl: rateLimit,
    created: nullableText,
    modified: nullableText,
    active_int: ignored,
  },
  sometimes: {},
})

function decodeAliasDomain(value: unknown, context: DecodeContext): AliasDomain {
  const reply = context.parse(aliasDomainReply, value)
  return {
    domain: reply.alias_domain,
    target: reply.target_domain,
    active: reply.active,
    targetIsRelayed: reply.parent_is_backupmx ?? null,
    rateLimit: reply.rl ?? null,
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

const NEW_ALIAS_DOMAIN = requestSchema('new alias domain', [
  'domain',
  'target',
  'active',
  'rateLimit',
  'dkim',
])
const CHANGED_ALIAS_DOMAIN = requestSchema('alias domain', ['target', 'active'])

/** Alias domains: `get/alias-domain`, `add/alias-domain`, `edit/alias-domain`, `delete/alias-domain`. */
export class AliasDomains {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<AliasDomain[]> {
    return this.#api.readList('get/alias-domain', ['all'], decodeAliasDomain, options)
  }

  async get(domain: string, options: CallOptions = {}): Promise<AliasDomain | undefined> {
    return this.#api.readOne('get/alias-domain', [normaliseDomain(domain)], decodeAliasDomain, options)
  }

  /**
   * Adds an alias domain. Rejects with `rejected` when the name is taken or the target is relayed
   * (`targetd_relay_domain`), and with `denied` when there is no such target.
   */
  async add(settings: AliasDomainSettings, options: WriteOptions = {}): Promise<void> {
    checkRequest(NEW_ALIAS_DOMAIN, settings)
    const domain = normaliseDomain(settings.domain)
    const target = normaliseDomain(settings.target)
    const { dkim, active } = settings
    await this.#api.write(
      {
        route: 'add/alias-domain',
        done: ['aliasd_added'],
        domains: [domain, target],
        body: {
          alias_domain: domain,
          target_domain: target,
          active: flagToWire(active),
          ...(settings.rateLimit === undefined ? {} : rateLimitToWire(settings.rateLimit)),
          ...(dkim === undefined ? {} : { dkim_selector: dkim.selector, key_size: dkim.bits }),
        },
      },
      options,
    )
    if (options.readBack !== true) return
    const wanted = { target, active, rateLimit: settings.rateLimit }
    await readBackOne('add/alias-domain', domain, wanted, () => this.get(domain, options))
  }

  edit(domain: string, changes: AliasDomainChanges, options?: WriteOptions): Promise<void>
  edit(
    domains: readonly string[],
    changes: AliasDomainChanges,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async edit(
    domains: string | readonly string[],
    changes: AliasDomainChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(CHANGED_ALIAS_DOMAIN, changes)
    const target = changes.target === undefined ? undefined : normaliseDomain(changes.target)
    const find = this.#finder(domains, options)
    return writeEach(
      this.#api,
      domains,
      {
        route: 'edit/alias-domain',
        done: ['aliasd_modified'],
        names: byName,
        normalise: normaliseDomain,
        attr: withoutAbsent({ target_domain: target, active: optionalFlag(changes.active) }),
      },
      options,
      async (domain) => differences({ ...changes, target }, await find(domain)),
    )
  }

  delete(domain: string, options?: WriteOptions): Promise<void>
  delete(domains: readonly string[], options?: BulkOptions): Promise<readonly ItemResult[]>
  async delete(
    domains: string | readonly string[],
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    const find = this.#finder(domains, options)
    return writeEach(
      this.#api,
      domains,
      {
        route: 'delete/alias-domain',
        done: ['alias_domain_removed'],
        names: byName,
        normalise: normaliseDomain,
      },
      options,
      (domain) => gone(find(domain)),
    )
  }

  #finder(domains: string | readonly string[], options: CallOptions) {
    return finder(domains, {
      one: (key) => this.get(key, options),
      all: () => this.list(options),
      is: (found, domain) => found.domain === domain,
    })
  }
}
