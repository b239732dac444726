import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { addAndFind } from './add-and-find.ts'
import { differences } from './compare.ts'
import type { ItemResult } from './errors.ts'
import { usageError } from './errors.ts'
import { requireId } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { parseServerTime } from './time.ts'
import { flag, ignored, integer, nullableText, text } from './wire.ts'
import { byId, finder, gone, hasId, writeEach } from './write-each.ts'

/** Postfix's names. */
export const TLS_POLICIES = [
  'none',
  'may',
  'encrypt',
  'dane',
  'dane-only',
  'fingerprint',
  'verify',
  'secure',
] as const
export type TlsPolicy = (typeof TLS_POLICIES)[number]

/** How strictly mailcow encrypts towards one destination. */
export interface TlsPolicyMap {
  readonly id: number
  readonly destination: string
  readonly policy: string
  readonly parameters: string
  readonly active: boolean
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

export interface TlsPolicyMapSettings {
  readonly destination: string
  readonly policy: TlsPolicy
  readonly parameters?: string
  readonly active: boolean
}

export const tlsPolicyMapReply = defineReply('TLS policy', {
  required: { id: integer, dest: text, policy: text, active: flag },
  expected: { parameters: nullableText, created: nullableText, modified: nullableText },
  sometimes: { '0': ignored },
})

function decodeTlsPolicyMap(value: unknown, context: DecodeContext): TlsPolicyMap {
  const reply = context.parse(tlsPolicyMapReply, value)
  return {
    id: reply.id,
    destination: reply.dest,
    policy: reply.policy,
    parameters: reply.parameters ?? '',
    active: reply.active,
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

const TLS_POLICY_MAP = requestSchema('TLS policy', ['destination', 'policy', 'parameters', 'active'])

/** TLS policies: `get/tls-policy-map`, `add/tls-policy-map`, `edit/tls-policy-map`, `delete/tls-policy-map`. */
export class TlsPolicyMaps {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<TlsPolicyMap[]> {
    return this.#api.readList('get/tls-policy-map', ['all'], decodeTlsPolicyMap, options)
  }

  async get(id: number, options: CallOptions = {}): Promise<TlsPolicyMap | undefined> {
    return this.#api.readOne('get/tls-policy-map', [String(requireId(id))], decodeTlsPolicyMap, options)
  }

  /** Adds a policy and resolves with it. */
  async add(settings: TlsPolicyMapSettings, options: WriteOptions = {}): Promise<TlsPolicyMap> {
    checkRequest(TLS_POLICY_MAP, settings)
    const { destination, policy, active, parameters = '' } = settings
    if (destination === '') throw usageError('destination is empty')
    return addAndFind(
      this.#api,
      {
        write: {
          route: 'add/tls-policy-map',
          done: ['tls_policy_map_entry_saved'],
          // Without parameters mailcow crashes.
          body: { dest: destination, policy: checkPolicy(policy), parameters, active: flagToWire(active) },
        },
        subject: destination,
        list: () => this.list(options),
        isIt: (candidate) => candidate.destination.toLowerCase() === destination.toLowerCase(),
        wanted: { policy, parameters, active },
      },
      options,
    )
  }

  edit(id: number, changes: Partial<TlsPolicyMapSettings>, options?: WriteOptions): Promise<void>
  edit(
    ids: readonly number[],
    changes: Partial<TlsPolicyMapSettings>,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async edit(
    ids: number | readonly number[],
    changes: Partial<TlsPolicyMapSettings>,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(TLS_POLICY_MAP, changes)
    const find = this.#finder(ids, options)
    return writeEach(
      this.#api,
      ids,
      {
        route: 'edit/tls-policy-map',
        done: ['tls_policy_map_entry_saved'],
        normalise: requireId,
        attr: withoutAbsent({
          dest: changes.destination,
          policy: changes.policy === undefined ? undefined : checkPolicy(changes.policy),
          parameters: changes.parameters,
          active: optionalFlag(changes.active),
        }),
      },
      options,
      async (id) => differences(changes, await find(id)),
    )
  }

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
      {
        route: 'delete/tls-policy-map',
        done: ['tls_policy_map_entry_deleted'],
        names: byId,
        normalise: requireId,
      },
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

/** mailcow crashes for others. */
function checkPolicy(policy: TlsPolicy): TlsPolicy {
  if (!TLS_POLICIES.includes(policy))
    throw usageError(`${JSON.stringify(policy)} is not a TLS policy of Postfix`)
  return policy
}
