import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api } from './api.ts'
import { readBackOne } from './read-back.ts'
import { decodeAlias } from './alias-reply.ts'
import { aliasChangesToWire, comparableAlias } from './alias-request.ts'
import { differences } from './compare.ts'
import { type ItemResult, MailcowError } from './errors.ts'
import { normaliseAddress, normaliseDomain, requireId, splitAddress } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { finder, gone, writeEach } from './write-each.ts'
import { flagToWire } from './request.ts'

/** An alias as it is on mailcow. */
export interface Alias {
  readonly id: number
  /** `@example.at` for a catch-all. */
  readonly address: string
  readonly domain: string
  /** Addresses; `null@localhost`, `spam@localhost` and `ham@localhost` stand for mailcow's special targets. */
  readonly targets: readonly string[]
  readonly active: boolean
  readonly catchAll: boolean
  /** Only authenticated users of this server may write to it. */
  readonly internal: boolean
  readonly sogoVisible: boolean
  /** Its targets may send as this address. */
  readonly senderAllowed: boolean
  readonly publicComment: string
  readonly privateComment: string
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

/** Where mail goes: addresses, or away (`discard`), or into rspamd's training (`learn-spam`, `learn-ham`). */
export type AliasTargets = readonly string[] | 'discard' | 'learn-spam' | 'learn-ham'

/** What can be changed on an alias. What is absent stays as it is. */
export interface AliasChanges {
  readonly address?: string
  /** An alias with a special target needs it again with every change: mailcow does not take its own address for it. */
  readonly targets?: AliasTargets
  readonly active?: boolean
  readonly internal?: boolean
  readonly sogoVisible?: boolean
  readonly senderAllowed?: boolean
  /** At most 160 characters. */
  readonly publicComment?: string
  readonly privateComment?: string
}

/** A new alias. Everything that mailcow would default to "off" when absent is sent. */
export interface AliasSettings extends AliasChanges {
  readonly address: string
  readonly targets: AliasTargets
  readonly active: boolean
  readonly senderAllowed: boolean
}

/** The id of an alias, or its address. */
export type AliasKey = number | string

const ALIAS = requestSchema('alias', [
  'address',
  'targets',
  'active',
  'internal',
  'sogoVisible',
  'senderAllowed',
  'publicComment',
  'privateComment',
])

/** Aliases: `get/alias`, `add/alias`, `edit/alias`, `delete/alias`. */
export class Aliases {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** All aliases, or those of one domain (also of an alias domain). */
  list(domain?: string, options: CallOptions = {}): Promise<Alias[]> {
    const segments = domain === undefined ? ['all'] : ['all', normaliseDomain(domain)]
    return this.#api.readList('get/alias', segments, decodeAlias, options)
  }

  /** One alias by id or address, or undefined. */
  async get(key: AliasKey, options: CallOptions = {}): Promise<Alias | undefined> {
    const wanted = normaliseKey(key)
    const found = await this.#api.readOne('get/alias', [String(wanted)], decodeAlias, options)
    const isOther = typeof wanted === 'string' && found?.address.toLowerCase() !== wanted.toLowerCase()
    return isOther ? undefined : found
  }

  /**
   * Adds an alias and resolves with its id, which mailcow tells only here. Targets are not checked to exist. Rejects
   * with `exists` (also when a mailbox has the address), `limit`, `denied` (no such domain), `nothing_done` (it would
   * point to itself), `partial` (made, but without targets that mailcow refused).
   */
  async add(settings: AliasSettings, options: WriteOptions = {}): Promise<{ readonly id: number }[]> {
    checkRequest(ALIAS, settings)
    const address = normaliseAddress(settings.address)
    const { domain } = splitAddress(address)
    const entries = await this.#api.write(
      {
        route: 'add/alias',
        done: ['alias_added'],
        domains: [domain],
        body: {
          ...aliasChangesToWire({ ...settings, address }),
          active: flagToWire(settings.active),
          sender_allowed: flagToWire(settings.senderAllowed),
          sogo_visible: flagToWire(settings.sogoVisible ?? false),
          internal: flagToWire(settings.internal ?? false),
        },
      },
      options,
    )
    const ids = entries.filter((entry) => entry.key === 'alias_added').map((entry) => Number(entry.args[1]))
    const [id] = ids
    if (id === undefined || !Number.isSafeInteger(id)) {
      throw new MailcowError('unexpected_answer', `add/alias: mailcow does not tell the id of ${address}`, {
        route: 'add/alias',
        messages: entries,
        effect: 'unknown',
        hint: 'Read it back by its address.',
      })
    }
    if (options.readBack === true) {
      await readBackOne('add/alias', address, comparableAlias(settings), () => this.get(id, options))
    }
    return ids.map((added) => ({ id: added }))
  }

  /**
   * Changes one alias or several. Rejects with `partial` when mailcow refused a target or the alias would point to
   * itself: then the other changes were made and the targets were not.
   */
  edit(key: AliasKey, changes: AliasChanges, options?: WriteOptions): Promise<void>
  edit(
    keys: readonly AliasKey[],
    changes: AliasChanges,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async edit(
    keys: AliasKey | readonly AliasKey[],
    changes: AliasChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(ALIAS, changes)
    const find = this.#finder(keys, options)
    return writeEach(
      this.#api,
      keys,
      {
        route: 'edit/alias',
        done: ['alias_modified'],
        soft: ['goto_invalid', 'alias_goto_identical'],
        normalise: normaliseKey,
        domain: domainOf,
        attr: aliasChangesToWire(changes),
      },
      options,
      async (key) => differences(comparableAlias(changes), await find(changes.address ?? key)),
    )
  }

  /** Deletes aliases by id or address. Rejects with `denied` when there is none. */
  delete(key: AliasKey, options?: WriteOptions): Promise<void>
  delete(keys: readonly AliasKey[], options?: BulkOptions): Promise<readonly ItemResult[]>
  async delete(
    keys: AliasKey | readonly AliasKey[],
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    const find = this.#finder(keys, options)
    return writeEach(
      this.#api,
      keys,
      { route: 'delete/alias', done: ['alias_removed'], normalise: normaliseKey, domain: domainOf },
      options,
      (key) => gone(find(key)),
    )
  }

  #finder(keys: AliasKey | readonly AliasKey[], options: CallOptions) {
    return finder(keys, {
      one: (key) => this.get(key, options),
      all: () => this.list(undefined, options),
      is: isKeyOf,
    })
  }
}

function normaliseKey(key: AliasKey): AliasKey {
  return typeof key === 'number' ? requireId(key) : normaliseAddress(key)
}

function domainOf(key: AliasKey): string | undefined {
  return typeof key === 'number' ? undefined : splitAddress(key).domain
}

function isKeyOf(alias: Alias, key: AliasKey): boolean {
  return typeof key === 'number' ? alias.id === key : alias.address.toLowerCase() === key.toLowerCase()
}
