import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { notAsIntended } from './read-back.ts'
import { differences } from './compare.ts'
import { type ItemResult, usageError } from './errors.ts'
import { normaliseAddress, normaliseDomain } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { flag, ignored, integer, nullableText, text } from './wire.ts'
import { byName, finder, gone, writeEach } from './write-each.ts'

/** Something that can be booked in SOGo's calendar: a room, a car. */
export interface Resource {
  readonly address: string
  readonly domain: string
  readonly description: string
  readonly kind: string
  /** How often it can be booked at once: 0 without limit, -1 without limit and shown as free, n at most n times. */
  readonly multipleBookings: number
  readonly active: boolean
}

export interface ResourceSettings {
  readonly domain: string
  /** Its address is made of this. */
  readonly description: string
  readonly kind: 'location' | 'group' | 'thing'
  readonly multipleBookings?: number
  readonly active: boolean
}

export type ResourceChanges = Partial<Omit<ResourceSettings, 'domain'>>

export const resourceReply = defineReply('resource', {
  required: { name: text, kind: text, domain: text, active: flag },
  expected: {
    description: nullableText,
    multiple_bookings: integer,
    local_part: ignored,
    active_int: ignored,
  },
  sometimes: {},
})

function decodeResource(value: unknown, context: DecodeContext): Resource {
  const reply = context.parse(resourceReply, value)
  return {
    address: reply.name,
    domain: reply.domain,
    description: reply.description ?? '',
    kind: reply.kind,
    multipleBookings: reply.multiple_bookings ?? 0,
    active: reply.active,
  }
}

const RESOURCE = requestSchema('resource', ['domain', 'description', 'kind', 'multipleBookings', 'active'])

/** Resources: `get/resource`, `add/resource`, `edit/resource`, `delete/resource`. */
export class Resources {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<Resource[]> {
    return this.#api.readList('get/resource', ['all'], decodeResource, options)
  }

  async get(address: string, options: CallOptions = {}): Promise<Resource | undefined> {
    return this.#api.readOne('get/resource', [normaliseAddress(address)], decodeResource, options)
  }

  /** Adds a resource and resolves with the address that mailcow made of its description. */
  async add(settings: ResourceSettings, options: WriteOptions = {}): Promise<{ readonly address: string }> {
    checkRequest(RESOURCE, settings)
    const domain = normaliseDomain(settings.domain)
    if (settings.description === '') throw usageError('a resource needs a description')
    const entries = await this.#api.write(
      {
        route: 'add/resource',
        done: ['resource_added'],
        domains: [domain],
        body: {
          description: settings.description,
          domain,
          kind: settings.kind,
          multiple_bookings: settings.multipleBookings ?? 0,
          active: flagToWire(settings.active),
        },
      },
      options,
    )
    const address = entries.find((entry) => entry.key === 'resource_added')?.args[0]
    if (typeof address !== 'string') throw this.#api.unexpected('add/resource', 'does not tell the address')
    if (options.readBack === true) {
      const { description, kind, active } = settings
      const wrong = differences({ description, kind, active }, await this.get(address, options))
      if (wrong.length > 0) throw notAsIntended('add/resource', address, wrong)
    }
    return { address }
  }

  edit(address: string, changes: ResourceChanges, options?: WriteOptions): Promise<void>
  edit(
    addresses: readonly string[],
    changes: ResourceChanges,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async edit(
    addresses: string | readonly string[],
    changes: ResourceChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(RESOURCE, changes)
    const find = this.#finder(addresses, options)
    return writeEach(
      this.#api,
      addresses,
      {
        route: 'edit/resource',
        done: ['resource_modified'],
        names: byName,
        normalise: normaliseAddress,
        attr: withoutAbsent({
          description: changes.description,
          kind: changes.kind,
          multiple_bookings: changes.multipleBookings,
          active: optionalFlag(changes.active),
        }),
      },
      options,
      async (address) => differences(changes, await find(address)),
    )
  }

  delete(address: string, options?: WriteOptions): Promise<void>
  delete(addresses: readonly string[], options?: BulkOptions): Promise<readonly ItemResult[]>
  async delete(
    addresses: string | readonly string[],
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    const find = this.#finder(addresses, options)
    return writeEach(
      this.#api,
      addresses,
      { route: 'delete/resource', done: ['resource_removed'], names: byName, normalise: normaliseAddress },
      options,
      (address) => gone(find(address)),
    )
  }

  #finder(addresses: string | readonly string[], options: CallOptions) {
    return finder(addresses, {
      one: (key) => this.get(key, options),
      all: () => this.list(options),
      is: (found, address) => found.address === address,
    })
  }
}
