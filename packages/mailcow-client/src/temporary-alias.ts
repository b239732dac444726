import type { Api, DecodeContext } from './api.ts'
import { type ItemResult, MailcowError, usageError } from './errors.ts'
import { normaliseAddress, normaliseDomain, normaliseMailbox } from './names.ts'
import type { CallOptions, SettleOptions, WriteOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { fromUnixSeconds, parseServerTime } from './time.ts'
import { flag, integer, nullableText, text } from './wire.ts'
import { writeEach } from './write-each.ts'

/** An address that mailcow makes up for a mailbox, for a time or for good. */
export interface TemporaryAlias {
  readonly address: string
  readonly mailbox: string
  readonly description: string
  readonly validUntil: Date | null
  readonly permanent: boolean
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

export interface TemporaryAliasSettings {
  readonly mailbox: string
  /** Must be the mailbox's domain or one of its alias domains. */
  readonly domain: string
  readonly description?: string
  /** Whole hours, at least 1, or for good. */
  readonly validity: { readonly hours: number } | 'permanent'
}

export const temporaryAliasReply = defineReply('temporary alias', {
  required: { address: text, goto: text },
  expected: {
    description: nullableText,
    validity: integer,
    permanent: flag,
    created: nullableText,
    modified: nullableText,
  },
  sometimes: {},
})

function decodeTemporaryAlias(value: unknown, context: DecodeContext): TemporaryAlias {
  const reply = context.parse(temporaryAliasReply, value)
  const permanent = reply.permanent ?? false
  return {
    address: reply.address,
    mailbox: reply.goto,
    description: reply.description ?? '',
    validUntil: permanent ? null : fromUnixSeconds(reply.validity),
    permanent,
    createdAt: parseServerTime(reply.created, context.timeZone),
    modifiedAt: parseServerTime(reply.modified, context.timeZone),
  }
}

/** Temporary aliases: `get/time_limited_aliases`, `add/time_limited_alias`, `delete/time_limited_alias`. */
export class TemporaryAliases {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  list(mailbox: string, options: CallOptions = {}): Promise<TemporaryAlias[]> {
    return this.#api.readList(
      'get/time_limited_aliases',
      [normaliseMailbox(mailbox)],
      decodeTemporaryAlias,
      options,
    )
  }

  /** Adds an alias and resolves with it; mailcow chooses the address and does not tell it, so the list is compared. */
  async add(settings: TemporaryAliasSettings, options: WriteOptions = {}): Promise<TemporaryAlias> {
    const mailbox = normaliseMailbox(settings.mailbox)
    const body = { username: mailbox, domain: normaliseDomain(settings.domain), ...validityToWire(settings) }
    return this.#api.exclusively(
      [`temporary aliases of ${mailbox}`],
      async () => {
        const before = new Set((await this.list(mailbox, options)).map(({ address }) => address))
        await this.#api.write({ route: 'add/time_limited_alias', done: ['mailbox_modified'], body }, options)
        const found = (await this.list(mailbox, options)).find(({ address }) => !before.has(address))
        if (found !== undefined) return found
        throw new MailcowError(
          'not_as_intended',
          `add/time_limited_alias: mailcow reports success, but ${mailbox} has no new alias`,
          { route: 'add/time_limited_alias', effect: 'unknown' },
        )
      },
      options,
    )
  }

  /** Deletes aliases by their address. */
  delete(address: string, options?: CallOptions): Promise<void>
  delete(addresses: readonly string[], options?: SettleOptions): Promise<readonly ItemResult[]>
  async delete(
    addresses: string | readonly string[],
    options: SettleOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    return writeEach(
      this.#api,
      addresses,
      { route: 'delete/time_limited_alias', done: ['mailbox_modified'], normalise: normaliseAddress },
      options,
    )
  }
}

function validityToWire({ validity, description }: TemporaryAliasSettings): Record<string, unknown> {
  const words = description === undefined ? {} : { description }
  if (validity === 'permanent') return { ...words, permanent: 1 }
  if (!Number.isSafeInteger(validity.hours) || validity.hours < 1) {
    throw usageError('a temporary alias is valid for at least one whole hour')
  }
  return { ...words, validity: validity.hours }
}
