import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { addAndFind } from './add-and-find.ts'
import { differences } from './compare.ts'
import { type ItemResult, usageError } from './errors.ts'
import { requireId } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { optionalFlag, withoutAbsent } from './request.ts'
import { flag, ignored, integer, nullableText, text } from './wire.ts'
import { byId, finder, gone, hasId, writeEach } from './write-each.ts'

/** A server that domains or mailboxes may send their mail through. */
export interface RelayHost {
  readonly id: number
  /** `host:port`. */
  readonly host: string
  readonly username: string
  /** mailcow hands the password out in clear; this client does not. */
  readonly hasPassword: boolean
  readonly active: boolean
  readonly usedByDomains: readonly string[]
  readonly usedByMailboxes: readonly string[]
}

export interface RelayHostSettings {
  readonly host: string
  readonly username?: string
  readonly password?: string
}

export type RelayHostChanges = Partial<RelayHostSettings> & { readonly active?: boolean }

export const relayHostReply = defineReply('relay host', {
  required: { id: integer, hostname: text, active: flag },
  expected: {
    username: nullableText,
    password: nullableText,
    password_short: ignored,
    used_by_domains: nullableText,
    used_by_mailboxes: nullableText,
  },
  sometimes: {},
})

function decodeRelayHost(value: unknown, context: DecodeContext): RelayHost {
  const reply = context.parse(relayHostReply, value)
  return {
    id: reply.id,
    host: reply.hostname,
    username: reply.username ?? '',
    hasPassword: (reply.password ?? '') !== '',
    active: reply.active,
    usedByDomains: names(reply.used_by_domains),
    usedByMailboxes: names(reply.used_by_mailboxes),
  }
}

function names(value: string | null | undefined): string[] {
  return (value ?? '').split(/[\s,]+/).filter((name) => name !== '')
}

const RELAY_HOST = requestSchema('relay host', ['host', 'username', 'password', 'active'])

/** Relay hosts: `get/relayhost`, `add/relayhost`, `edit/relayhost`, `delete/relayhost`. */
export class RelayHosts {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<RelayHost[]> {
    return this.#api.readList('get/relayhost', ['all'], decodeRelayHost, options)
  }

  async get(id: number, options: CallOptions = {}): Promise<RelayHost | undefined> {
    return this.#api.readOne('get/relayhost', [String(requireId(id))], decodeRelayHost, options)
  }

  /** Adds a host and resolves with it (mailcow's answer does not name it). */
  async add(settings: RelayHostSettings, options: WriteOptions = {}): Promise<RelayHost> {
    checkRequest(RELAY_HOST, settings)
    const { host, username = '', password = '' } = settings
    if (host === '') throw usageError('host is empty')
    return addAndFind(
      this.#api,
      {
        write: {
          route: 'add/relayhost',
          done: ['relayhost_added'],
          body: { hostname: host, username, password },
        },
        subject: host,
        list: () => this.list(options),
        isIt: (candidate) => candidate.host === host,
        wanted: { username, hasPassword: password !== '' },
      },
      options,
    )
  }

  edit(id: number, changes: RelayHostChanges, options?: WriteOptions): Promise<void>
  edit(
    ids: readonly number[],
    changes: RelayHostChanges,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async edit(
    ids: number | readonly number[],
    changes: RelayHostChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(RELAY_HOST, changes)
    const { password: _password, ...wanted } = changes
    const find = this.#finder(ids, options)
    return writeEach(
      this.#api,
      ids,
      {
        route: 'edit/relayhost',
        done: ['object_modified'],
        normalise: requireId,
        attr: withoutAbsent({
          hostname: changes.host,
          username: changes.username,
          password: changes.password,
          active: optionalFlag(changes.active),
        }),
      },
      options,
      async (id) => differences(wanted, await find(id)),
    )
  }

  /** mailcow reports success for ids that do not exist; with `readBack` the call proves that they are gone. */
  delete(id: number, options?: WriteOptions): Promise<void>
  delete(ids: readonly number[], options?: BulkOptions): Promise<readonly ItemResult[]>
  async delete(
    ids: number | readonly number[],
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    const find = this.#finder(ids, options)
    return writeEach(
      this.#api,
      ids,
      { route: 'delete/relayhost', done: ['relayhost_removed'], names: byId, normalise: requireId },
      options,
      (id) => gone(find(id)),
    )
  }

  #finder(ids: number | readonly number[], options: CallOptions) {
    return finder(ids, {
      one: (key) => this.get(key, options),
      all: () => this.list(options),
      is: hasId,
    })
  }
}
