import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { addAndFind } from './add-and-find.ts'
import { differences } from './compare.ts'
import type { ItemResult } from './errors.ts'
import { requireId } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { parseServerTime } from './time.ts'
import { flag, ignored, integer, nullableText, text } from './wire.ts'
import { byId, finder, gone, hasId, writeEach } from './write-each.ts'

/** Mail for one address is delivered to another, before aliases are looked at. */
export interface RecipientMap {
  readonly id: number
  /** An address, or a domain. */
  readonly from: string
  readonly to: string
  readonly active: boolean
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

export interface RecipientMapSettings {
  readonly from: string
  readonly to: string
  readonly active: boolean
}

export const recipientMapReply = defineReply('recipient map', {
  required: { id: integer, recipient_map_old: text, recipient_map_new: text, active: flag },
  expected: { created: nullableText, modified: nullableText },
  // A single one comes with a stray key.
  sometimes: { '0': ignored },
})

function decodeRecipientMap(value: unknown, context: DecodeContext): RecipientMap {
  const reply = context.parse(recipientMapReply, value)
  return {
    id: reply.id,
    from: reply.recipient_map_old,
    to: reply.recipient_map_new,
    active: reply.active,
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

const RECIPIENT_MAP = requestSchema('recipient map', ['from', 'to', 'active'])

/** Recipient maps: `get/recipient_map`, `add/recipient_map`, `edit/recipient_map`, `delete/recipient_map`. */
export class RecipientMaps {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<RecipientMap[]> {
    return this.#api.readList('get/recipient_map', ['all'], decodeRecipientMap, options)
  }

  async get(id: number, options: CallOptions = {}): Promise<RecipientMap | undefined> {
    return this.#api.readOne('get/recipient_map', [String(requireId(id))], decodeRecipientMap, options)
  }

  /** Adds a map and resolves with it. Rejects with `exists` when there is one for this address. */
  async add(settings: RecipientMapSettings, options: WriteOptions = {}): Promise<RecipientMap> {
    checkRequest(RECIPIENT_MAP, settings)
    const { from, to, active } = settings
    return addAndFind(
      this.#api,
      {
        write: {
          route: 'add/recipient_map',
          done: ['recipient_map_entry_saved'],
          body: { recipient_map_old: from, recipient_map_new: to, active: flagToWire(active) },
        },
        subject: from,
        list: () => this.list(options),
        isIt: (candidate) => candidate.to.toLowerCase() === to.toLowerCase(),
        wanted: { active },
      },
      options,
    )
  }

  edit(id: number, changes: Partial<RecipientMapSettings>, options?: WriteOptions): Promise<void>
  edit(
    ids: readonly number[],
    changes: Partial<RecipientMapSettings>,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async edit(
    ids: number | readonly number[],
    changes: Partial<RecipientMapSettings>,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(RECIPIENT_MAP, changes)
    const find = this.#finder(ids, options)
    return writeEach(
      this.#api,
      ids,
      {
        route: 'edit/recipient_map',
        done: ['recipient_map_entry_saved'],
        normalise: requireId,
        attr: withoutAbsent({
          recipient_map_old: changes.from,
          recipient_map_new: changes.to,
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
        route: 'delete/recipient_map',
        done: ['recipient_map_entry_deleted'],
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
