import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { readBackOne } from './read-back.ts'
import { differences } from './compare.ts'
import { type ItemResult, MailcowError, usageError } from './errors.ts'
import { requireId } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { byId, finder, gone, hasId, writeEach } from './write-each.ts'
import { flagToWire, optionalFlag, withoutAbsent } from './request.ts'
import { flag, ignored, integer, nullableText, text } from './wire.ts'

/**
 * A rule that sends mail for a destination to a host of one's own choice. It wins over local delivery for as long as it
 * is there and active.
 */
export interface TransportRule {
  readonly id: number
  /** A domain, an address, `.sub.domain`, or `*`. */
  readonly destination: string
  /** `[host]:port` without MX lookup, `host:port` with. */
  readonly nexthop: string
  readonly username: string
  /** mailcow hands the password out in clear; this client does not. */
  readonly hasPassword: boolean
  readonly active: boolean
  /** `destination` is an MX host. */
  readonly mxBased: boolean
}

export interface TransportSettings {
  readonly destination: string
  readonly nexthop: string
  readonly username?: string
  readonly password?: string
  readonly active: boolean
  readonly mxBased?: boolean
}

export type TransportChanges = Partial<TransportSettings>

export const transportReply = defineReply('transport', {
  required: { id: integer, destination: text, nexthop: text, active: flag },
  expected: { is_mx_based: flag, username: nullableText, password: nullableText, password_short: ignored },
  sometimes: {},
})

/** The passwords that came with rules: beside them, so that no log or JSON of a rule holds one. */
const passwords = new WeakMap<TransportRule, string>()

/** Whether a rule, as this client read it, has this password. */
export function hasTransportPassword(rule: TransportRule, password: string): boolean {
  return (passwords.get(rule) ?? '') === password
}

function decodeTransport(value: unknown, context: DecodeContext): TransportRule {
  const reply = context.parse(transportReply, value)
  const rule: TransportRule = {
    id: reply.id,
    destination: reply.destination,
    nexthop: reply.nexthop,
    username: reply.username ?? '',
    hasPassword: (reply.password ?? '') !== '',
    active: reply.active,
    mxBased: reply.is_mx_based ?? false,
  }
  passwords.set(rule, reply.password ?? '')
  return rule
}

const TRANSPORT = requestSchema('transport', [
  'destination',
  'nexthop',
  'username',
  'password',
  'active',
  'mxBased',
])

/** Transport rules: `get/transport`, `add/transport`, `edit/transport`, `delete/transport`. */
export class Transports {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(options: CallOptions = {}): Promise<TransportRule[]> {
    return this.#api.readList('get/transport', ['all'], decodeTransport, options)
  }

  async get(id: number, options: CallOptions = {}): Promise<TransportRule | undefined> {
    return this.#api.readOne('get/transport', [String(requireId(id))], decodeTransport, options)
  }

  /**
   * Adds a rule and resolves with it as read back (mailcow's answer does not hold its id). Rejects with `exists` when
   * there is one for this destination.
   */
  async add(settings: TransportSettings, options: WriteOptions = {}): Promise<TransportRule> {
    await this.addOnly(settings, options)
    const found = (await this.list(options)).find(
      (rule) => rule.destination.toLowerCase() === settings.destination.toLowerCase(),
    )
    if (found === undefined) {
      throw new MailcowError(
        'not_as_intended',
        `add/transport: mailcow reports success, but there is no transport for ${settings.destination}`,
        { route: 'add/transport', effect: 'unknown' },
      )
    }
    if (options.readBack === true) {
      await readBackOne('add/transport', settings.destination, comparable(settings), () =>
        Promise.resolve(found),
      )
    }
    return found
  }

  /** As {@link add} in a single call: for many, and one list afterwards that tells their ids. */
  async addOnly(settings: TransportSettings, options: CallOptions = {}): Promise<void> {
    checkRequest(TRANSPORT, settings)
    if (settings.destination === '' || settings.nexthop === '')
      throw usageError('destination and nexthop are needed')
    await this.#api.write(
      {
        route: 'add/transport',
        // mailcow uses the message of relay hosts, with an empty name.
        done: ['relayhost_added'],
        domains: [settings.destination],
        body: {
          ...changesToWire(settings),
          username: settings.username ?? '',
          password: settings.password ?? '',
          active: flagToWire(settings.active),
        },
      },
      options,
    )
  }

  /** Changes one rule or several. */
  edit(id: number, changes: TransportChanges, options?: WriteOptions): Promise<void>
  edit(
    ids: readonly number[],
    changes: TransportChanges,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async edit(
    ids: number | readonly number[],
    changes: TransportChanges,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    checkRequest(TRANSPORT, changes)
    const find = this.#finder(ids, options)
    return writeEach(
      this.#api,
      ids,
      {
        route: 'edit/transport',
        done: ['object_modified'],
        normalise: requireId,
        attr: changesToWire(changes),
      },
      options,
      async (id) => differences(comparable(changes), await find(id)),
    )
  }

  /**
   * Deletes rules. mailcow reports success for ids that do not exist; with `readBack` the call proves that they are
   * gone.
   */
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
      { route: 'delete/transport', done: ['relayhost_removed'], names: byId, normalise: requireId },
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

function changesToWire(changes: TransportChanges): Record<string, unknown> {
  return withoutAbsent({
    destination: changes.destination,
    nexthop: changes.nexthop,
    username: changes.username,
    password: changes.password,
    active: optionalFlag(changes.active),
    is_mx_based: optionalFlag(changes.mxBased),
  })
}

function comparable(changes: TransportChanges): object {
  const { destination, nexthop, username, active, mxBased, password } = changes
  const hasPassword = password === undefined ? undefined : password !== ''
  return { destination, nexthop, username, active, mxBased, hasPassword }
}
