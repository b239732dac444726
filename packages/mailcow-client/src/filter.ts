import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext, Write } from './api.ts'
import { differences } from './compare.ts'
import { addAndFind } from './add-and-find.ts'
import { type ItemResult, usageError } from './errors.ts'
import { normaliseMailbox, requireId } from './names.ts'
import type { BulkOptions, CallOptions, SettleOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { byId, finder, hasId, writeEach } from './write-each.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { flag, integer, nullableText, text } from './wire.ts'

/** A prefilter runs before the user's own Sieve script, a postfilter after it. */
export type FilterType = 'prefilter' | 'postfilter'

/** A Sieve script that the admin set for a mailbox. The user's own script is not among these. */
export interface Filter {
  readonly id: number
  readonly mailbox: string
  readonly type: FilterType
  readonly description: string
  readonly script: string
  readonly active: boolean
}

export interface FilterSettings {
  readonly mailbox: string
  readonly type: FilterType
  /** Required, not empty. */
  readonly description: string
  readonly script: string
  /** Of each type one can be active: setting this one active switches the other off. */
  readonly active: boolean
}

export type FilterChanges = Partial<Omit<FilterSettings, 'mailbox'>>

export const filterReply = defineReply('filter', {
  required: { id: integer, username: text, filter_type: text, script_data: text, active: flag },
  expected: { script_desc: nullableText },
  sometimes: {},
})

function decodeFilter(value: unknown, context: DecodeContext): Filter {
  const reply = context.parse(filterReply, value)
  return {
    id: reply.id,
    mailbox: reply.username,
    type: reply.filter_type === 'postfilter' ? 'postfilter' : 'prefilter',
    description: reply.script_desc ?? '',
    script: reply.script_data,
    active: reply.active,
  }
}

const FILTER = requestSchema('filter', ['mailbox', 'type', 'description', 'script', 'active'])

/** Filters: `get/filters`, `add/filter`, `edit/filter`, `delete/filter`. */
export class Filters {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** The filters of all mailboxes, or of one; none for an unknown one. */
  list(mailbox?: string, options: CallOptions = {}): Promise<Filter[]> {
    const segment = mailbox === undefined ? 'all' : normaliseMailbox(mailbox)
    return this.#api.readList('get/filters', [segment], decodeFilter, options)
  }

  /**
   * Adds a filter and resolves with it as read back: mailcow does not tell its id, so the list is read before and
   * after. Rejects with `rejected` (`sieve_error`, with the line) when mailcow's own parser does not take the script;
   * it knows fewer extensions than Dovecot.
   */
  async add(settings: FilterSettings, options: WriteOptions = {}): Promise<Filter> {
    const write = addition(settings)
    const { mailbox, type, description, script, active } = settings
    return addAndFind(
      this.#api,
      {
        write,
        subject: normaliseMailbox(mailbox),
        list: () => this.list(mailbox, options),
        isIt: (candidate) => candidate.description === description,
        wanted: { type, script, active },
      },
      options,
    )
  }

  /** As {@link add} in a single call: for many, and one list afterwards that tells their ids. */
  async addOnly(settings: FilterSettings, options: CallOptions = {}): Promise<void> {
    await this.#api.write(addition(settings), options)
  }

  /** Changes one filter or several. */
  edit(id: number, changes: FilterChanges, options?: WriteOptions): Promise<void>
  edit(ids: readonly number[], changes: FilterChanges, options?: BulkOptions): Promise<readonly ItemResult[]>
  async edit(
    ids: number | readonly number[],
    changes: FilterChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(FILTER, changes)
    const all = () => this.list(undefined, options)
    const one = async (id: number) => (await all()).find((filter) => filter.id === id)
    const find = finder(ids, { one, all, is: hasId })
    return writeEach(
      this.#api,
      ids,
      {
        route: 'edit/filter',
        done: ['mailbox_modified'],
        normalise: requireId,
        attr: changesToWire(changes),
      },
      options,
      async (id) => differences(changes, await find(id)),
    )
  }

  /** Deletes filters by id. */
  delete(id: number, options?: CallOptions): Promise<void>
  delete(ids: readonly number[], options?: SettleOptions): Promise<readonly ItemResult[]>
  async delete(
    ids: number | readonly number[],
    options: SettleOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    return writeEach(
      this.#api,
      ids,
      { route: 'delete/filter', done: ['delete_filter'], names: byId, normalise: requireId },
      options,
    )
  }
}

function addition(settings: FilterSettings): Write {
  checkRequest(FILTER, settings)
  const mailbox = normaliseMailbox(settings.mailbox)
  if (settings.description === '') throw usageError('a filter needs a description')
  return {
    route: 'add/filter',
    done: ['mailbox_modified'],
    body: { username: mailbox, ...changesToWire(settings), active: flagToWire(settings.active) },
  }
}

function changesToWire(changes: FilterChanges): Record<string, unknown> {
  return withoutAbsent({
    filter_type: changes.type,
    script_desc: changes.description,
    script_data: changes.script,
    active: optionalFlag(changes.active),
  })
}
