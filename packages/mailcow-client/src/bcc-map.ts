import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { z } from 'zod'
import { addAndFind } from './add-and-find.ts'
import { differences } from './compare.ts'
import type { ItemResult } from './errors.ts'
import { normaliseAddress, normaliseDomain, requireId } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { defineReply, isRecord } from './reply.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { parseServerTime } from './time.ts'
import { flag, ignored, integer, nullableText, text } from './wire.ts'
import { byId, finder, gone, hasId, writeEach } from './write-each.ts'

/** A copy of all mail that an address or a domain sends or receives goes to somebody else. */
export interface BccMap {
  readonly id: number
  /** An address, or `@example.at` for a domain. */
  readonly owner: string
  readonly domain: string
  readonly copyTo: string
  readonly direction: 'sent' | 'received'
  readonly active: boolean
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

export interface BccMapSettings {
  /** An address, or a domain. */
  readonly owner: string
  readonly copyTo: string
  readonly direction: 'sent' | 'received'
  readonly active: boolean
}

export type BccMapChanges = Partial<Omit<BccMapSettings, 'owner'>>

/** What copies could be made of: domains, and the addresses of each mailbox. */
export interface BccOwners {
  readonly domains: readonly string[]
  readonly aliasDomains: readonly string[]
  readonly mailboxes: Readonly<Record<string, readonly string[]>>
}

export const bccMapReply = defineReply('BCC map', {
  required: { id: integer, local_dest: text, bcc_dest: text, type: text, active: flag },
  expected: { domain: text, created: nullableText, modified: nullableText },
  // A single one comes with a stray key.
  sometimes: { '0': ignored },
})

function decodeBccMap(value: unknown, context: DecodeContext): BccMap {
  const reply = context.parse(bccMapReply, value)
  return {
    id: reply.id,
    owner: reply.local_dest,
    domain: reply.domain ?? reply.local_dest.slice(reply.local_dest.lastIndexOf('@') + 1),
    copyTo: reply.bcc_dest,
    direction: reply.type === 'sender' ? 'sent' : 'received',
    active: reply.active,
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

const ownersSchema = z.object({
  domains: z.array(text).catch([]).default([]),
  alias_domains: z.array(text).catch([]).default([]),
  mailboxes: z.record(text, z.array(text)).catch({}).default({}),
})

const BCC_MAP = requestSchema('BCC map', ['owner', 'copyTo', 'direction', 'active'])

/** BCC maps: `get/bcc`, `add/bcc`, `edit/bcc`, `delete/bcc`, `get/bcc-destination-options`. */
export class BccMaps {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<BccMap[]> {
    return this.#api.readList('get/bcc', ['all'], decodeBccMap, options)
  }

  async get(id: number, options: CallOptions = {}): Promise<BccMap | undefined> {
    return this.#api.readOne('get/bcc', [String(requireId(id))], decodeBccMap, options)
  }

  async possibleOwners(options: CallOptions = {}): Promise<BccOwners> {
    const value = await this.#api.read('get/bcc-destination-options', [], options)
    if (!isRecord(value)) throw this.#api.unexpected('get/bcc-destination-options', 'is not an object')
    const { domains, alias_domains: aliasDomains, mailboxes } = ownersSchema.parse(value)
    return { domains, aliasDomains, mailboxes }
  }

  /** Adds a map and resolves with it. Rejects with `exists` when the owner has one in this direction. */
  async add(settings: BccMapSettings, options: WriteOptions = {}): Promise<BccMap> {
    checkRequest(BCC_MAP, settings)
    const isAddress = settings.owner.includes('@')
    const owner = isAddress ? normaliseAddress(settings.owner) : normaliseDomain(settings.owner)
    const copyTo = normaliseAddress(settings.copyTo)
    const { direction, active } = settings
    return addAndFind(
      this.#api,
      {
        write: {
          route: 'add/bcc',
          done: ['bcc_saved'],
          body: {
            local_dest: owner,
            bcc_dest: copyTo,
            type: directionToWire(direction),
            active: flagToWire(active),
          },
        },
        subject: owner,
        list: () => this.list(options),
        isIt: (candidate) =>
          candidate.owner.toLowerCase() === (isAddress ? owner : `@${owner}`).toLowerCase() &&
          candidate.direction === direction,
        wanted: { active },
      },
      options,
    )
  }

  edit(id: number, changes: BccMapChanges, options?: WriteOptions): Promise<void>
  edit(ids: readonly number[], changes: BccMapChanges, options?: BulkOptions): Promise<readonly ItemResult[]>
  async edit(
    ids: number | readonly number[],
    changes: BccMapChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(BCC_MAP, changes)
    const find = this.#finder(ids, options)
    return writeEach(
      this.#api,
      ids,
      {
        route: 'edit/bcc',
        done: ['bcc_edited'],
        normalise: requireId,
        attr: withoutAbsent({
          bcc_dest: changes.copyTo === undefined ? undefined : normaliseAddress(changes.copyTo),
          type: changes.direction === undefined ? undefined : directionToWire(changes.direction),
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
      { route: 'delete/bcc', done: ['bcc_deleted'], names: byId, normalise: requireId },
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

function directionToWire(direction: 'sent' | 'received'): 'sender' | 'rcpt' {
  return direction === 'sent' ? 'sender' : 'rcpt'
}
