import type { Api, DecodeContext } from './api.ts'
import { z } from 'zod'
import { usageError } from './errors.ts'
import { normaliseMailbox } from './names.ts'
import type { CallOptions } from './options.ts'
import { defineReply, isRecord } from './reply.ts'
import { parseServerTime } from './time.ts'
import { flag, integer, nullableText, text } from './wire.ts'

/** A login that mailcow remembers. */
export interface Login {
  /** `imap`, `smtp`, `pop3`, `sieve`, … */
  readonly service: string
  /** As mailcow writes it, sometimes with a remark. */
  readonly address: string
  readonly at: Date | null
  /** The app password that was used; null for the mailbox's own password. */
  readonly appPasswordId: number | null
  readonly appPasswordName: string | null
}

/** The last logins of a mailbox, and the last one in the web interface, with mailcow's own fields. */
export interface LastLogins {
  readonly logins: readonly Login[]
  readonly webInterface: Readonly<Record<string, unknown>> | null
}

export const lastLoginReply = defineReply('last logins', {
  required: { ui: z.unknown(), sasl: z.array(z.unknown()) },
  expected: {},
  sometimes: {},
})

const loginReply = defineReply('login', {
  required: { service: text },
  expected: { real_rip: text, datetime: nullableText, app_password: z.union([integer, flag]) },
  sometimes: { app_password_name: nullableText, username: text, location: nullableText },
})

function decodeLastLogins(value: unknown, context: DecodeContext): LastLogins {
  const reply = context.parse(lastLoginReply, value)
  return {
    logins: reply.sasl.map((entry) => {
      const login = context.parse(loginReply, entry)
      const id = Number(login.app_password ?? 0)
      return {
        service: login.service,
        address: login.real_rip ?? '',
        at: parseServerTime(login.datetime, context.timeZone),
        appPasswordId: id > 0 ? id : null,
        appPasswordName: login.app_password_name ?? null,
      }
    }),
    webInterface: isRecord(reply.ui) ? reply.ui : null,
  }
}

/** One login of somebody, from mailcow's log of them. */
export interface LoggedLogin {
  /** Lower case. */
  readonly mailbox: string
  /** `imap`, `smtp`, `pop3`, `sieve`, … */
  readonly service: string
  /** The client's address as mailcow saw it. */
  readonly address: string
  readonly at: Date
  /** The app password that was used; null for the mailbox's own password. */
  readonly appPasswordId: number | null
}

export const loggedLoginReply = defineReply('logged login', {
  required: { service: text, username: text },
  expected: { real_rip: text, datetime: nullableText, app_password: z.union([integer, flag]) },
  sometimes: {},
})

function decodeLoggedLogin(value: unknown, context: DecodeContext): LoggedLogin | undefined {
  const reply = context.parse(loggedLoginReply, value)
  const at = parseServerTime(reply.datetime, context.timeZone)
  if (at === null) return undefined
  const id = Number(reply.app_password ?? 0)
  return {
    mailbox: reply.username.toLowerCase(),
    service: reply.service,
    address: reply.real_rip ?? '',
    at,
    appPasswordId: id > 0 ? id : null,
  }
}

/** Last logins: `get/last-login`, `get/logs/sasl`. */
export class Logins {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  /** What mailcow remembers of a mailbox; nothing for an unknown one. */
  async get(mailbox: string, options: CallOptions = {}): Promise<LastLogins> {
    const found = await this.#api.readOne(
      'get/last-login',
      [normaliseMailbox(mailbox)],
      decodeLastLogins,
      options,
    )
    return found ?? { logins: [], webInterface: null }
  }

  /** The newest logins of the whole server, newest first. Default: 10,000. */
  async list(
    options: CallOptions & { readonly lines?: number | undefined } = {},
  ): Promise<readonly LoggedLogin[]> {
    const { lines = 10_000 } = options
    if (!Number.isSafeInteger(lines) || lines < 1) throw usageError('lines must be a positive whole number')
    return this.#api.readList('get/logs', ['sasl', String(lines)], decodeLoggedLogin, options)
  }
}
