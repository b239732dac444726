import type { Api, DecodeContext } from './api.ts'
import { z } from 'zod'
import { differences } from './compare.ts'
import type { ItemResult } from './errors.ts'
import { usageError } from './errors.ts'
import { normaliseDomain, normaliseMailbox } from './names.ts'
import type { BulkOptions, CallOptions, WriteOptions } from './options.ts'
import { type RateLimit, rateLimit, rateLimitToWire } from './rate-limit.ts'
import { defineReply } from './reply.ts'
import { text } from './wire.ts'
import { byName, writeEach } from './write-each.ts'

const limitFields = { value: z.union([z.string(), z.number()]), frame: z.enum(['s', 'm', 'h', 'd']) }

export const rateLimitReply = defineReply('rate limit', {
  required: limitFields,
  expected: {},
  sometimes: { domain: text, mailbox: text },
})

/** Rate limits for sending: `get/rl-mbox`, `get/rl-domain`, `edit/rl-mbox`, `edit/rl-domain`. */
export class RateLimits {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** The domain's limit; null when it has none (or does not exist). */
  async getDomain(domain: string, options: CallOptions = {}): Promise<RateLimit | null> {
    return (await this.#api.readOne('get/rl-domain', [normaliseDomain(domain)], decodeLimit, options)) ?? null
  }

  /** The mailbox's own limit; null when it has none: then that of its domain holds. */
  async getMailbox(mailbox: string, options: CallOptions = {}): Promise<RateLimit | null> {
    return (await this.#api.readOne('get/rl-mbox', [normaliseMailbox(mailbox)], decodeLimit, options)) ?? null
  }

  /** All domains (and alias domains) that have a limit. */
  listDomains(options: CallOptions = {}): Promise<{ readonly domain: string; readonly limit: RateLimit }[]> {
    return this.#api.readList(
      'get/rl-domain',
      ['all'],
      (value, context) => {
        const { domain, ...limit } = context.parse(rateLimitReply, value)
        return domain === undefined ? undefined : { domain, limit: toLimit(limit) }
      },
      options,
    )
  }

  /** All mailboxes that have a limit of their own. */
  listMailboxes(
    options: CallOptions = {},
  ): Promise<{ readonly mailbox: string; readonly limit: RateLimit }[]> {
    return this.#api.readList(
      'get/rl-mbox',
      ['all'],
      (value, context) => {
        const { mailbox, ...limit } = context.parse(rateLimitReply, value)
        return mailbox === undefined ? undefined : { mailbox, limit: toLimit(limit) }
      },
      options,
    )
  }

  /** null removes the limit. */
  setDomain(domain: string, limit: RateLimit | null, options?: WriteOptions): Promise<void>
  setDomain(
    domains: readonly string[],
    limit: RateLimit | null,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async setDomain(
    domains: string | readonly string[],
    limit: RateLimit | null,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    return writeEach(
      this.#api,
      domains,
      {
        route: 'edit/rl-domain',
        done: ['rl_saved'],
        names: byName,
        normalise: normaliseDomain,
        attr: rateLimitToWire(checkLimit(limit)),
      },
      options,
      async (domain) => differences({ limit }, { limit: await this.getDomain(domain, options) }),
    )
  }

  /** null removes the limit. */
  setMailbox(mailbox: string, limit: RateLimit | null, options?: WriteOptions): Promise<void>
  setMailbox(
    mailboxes: readonly string[],
    limit: RateLimit | null,
    options?: BulkOptions,
  ): Promise<readonly ItemResult[]>
  async setMailbox(
    mailboxes: string | readonly string[],
    limit: RateLimit | null,
    options: BulkOptions = {},
  ): Promise<void | readonly ItemResult[]> {
    return writeEach(
      this.#api,
      mailboxes,
      {
        route: 'edit/rl-mbox',
        done: ['rl_saved'],
        names: byName,
        normalise: normaliseMailbox,
        attr: rateLimitToWire(checkLimit(limit)),
      },
      options,
      async (mailbox) => differences({ limit }, { limit: await this.getMailbox(mailbox, options) }),
    )
  }
}

type WireLimit = { [K in keyof typeof limitFields]: z.output<(typeof limitFields)[K]> }

function toLimit(limit: WireLimit): RateLimit {
  return rateLimit.parse(limit) ?? { value: 0, per: 'second' }
}

function decodeLimit(value: unknown, context: DecodeContext): RateLimit | undefined {
  return value === false ? undefined : toLimit(context.parse(rateLimitReply, value))
}

/** mailcow would take 0 for "no limit". */
function checkLimit(limit: RateLimit | null): RateLimit | null {
  if (limit !== null && (!Number.isSafeInteger(limit.value) || limit.value <= 0)) {
    throw usageError(`a rate limit must be a positive whole number, or null for none; it is ${limit.value}`)
  }
  return limit
}
