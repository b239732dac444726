import { z } from 'zod'
import type { Api, DecodeContext } from './api.ts'
import type { CallOptions } from './options.ts'
import { defineReply } from './reply.ts'
import { flag, integer, nullableText, text } from './wire.ts'

/** How mailcow's fail2ban (netfilter) is set up. */
export interface Fail2ban {
  readonly banTimeSeconds: number
  readonly maxBanTimeSeconds: number | null
  /** Each further ban is twice as long. */
  readonly banTimeIncrement: boolean
  readonly maxAttempts: number
  /** Failures within this time count together. */
  readonly retryWindowSeconds: number
  /** Whole networks of this prefix length are banned. */
  readonly netbanIpv4: number | null
  readonly netbanIpv6: number | null
  /** Addresses and networks that are never banned. */
  readonly allowList: readonly string[]
  /** Addresses and networks that are always banned. */
  readonly denyList: readonly string[]
  readonly manageExternal: boolean | null
  readonly banlistId: string | null
  readonly activeBans: readonly Fail2banEntry[]
  readonly permanentBans: readonly string[]
}

export interface Fail2banEntry {
  readonly network: string
  /** As mailcow writes it, e.g. `00h 29m 12s`. */
  readonly bannedUntil: string | null
}

export const fail2banReply = defineReply('fail2ban', {
  required: { ban_time: integer, max_attempts: integer, retry_window: integer, whitelist: nullableText },
  expected: {
    max_ban_time: integer,
    ban_time_increment: flag,
    netban_ipv4: integer,
    netban_ipv6: integer,
    banlist_id: nullableText,
    manage_external: flag,
    regex: z.unknown(),
    blacklist: nullableText,
  },
  sometimes: { active_bans: z.array(z.unknown()), perm_bans: z.array(z.unknown()) },
})

const activeBan = z.object({ network: text, banned_until: nullableText.optional() })
const permanentBan = z.union([text, z.object({ network: text }).transform(({ network }) => network)])

export function decodeFail2ban(value: unknown, context: DecodeContext): Fail2ban {
  const reply = context.parse(fail2banReply, value)
  return {
    banTimeSeconds: reply.ban_time,
    maxBanTimeSeconds: reply.max_ban_time ?? null,
    banTimeIncrement: reply.ban_time_increment ?? false,
    maxAttempts: reply.max_attempts,
    retryWindowSeconds: reply.retry_window,
    netbanIpv4: reply.netban_ipv4 ?? null,
    netbanIpv6: reply.netban_ipv6 ?? null,
    allowList: networks(reply.whitelist),
    denyList: networks(reply.blacklist),
    manageExternal: reply.manage_external ?? null,
    banlistId: reply.banlist_id ?? null,
    activeBans: (reply.active_bans ?? []).flatMap((ban) => {
      const parsed = activeBan.safeParse(ban)
      if (!parsed.success) return []
      return [{ network: parsed.data.network, bannedUntil: parsed.data.banned_until ?? null }]
    }),
    permanentBans: (reply.perm_bans ?? []).flatMap((ban) => {
      const parsed = permanentBan.safeParse(ban)
      return parsed.success ? [parsed.data] : []
    }),
  }
}

/** One network a line. */
function networks(value: string | null | undefined): string[] {
  return (value ?? '').split(/[\s,;]+/).filter((network) => network !== '')
}

/** fail2ban: `get/fail2ban`. */
export class Fail2bans {
  readonly #api: Api

  constructor(api: Api) {
    this.#api = api
  }

  async get(options: CallOptions = {}): Promise<Fail2ban> {
    const found = await this.#api.readOne('get/fail2ban', [], decodeFail2ban, options)
    if (found === undefined) throw this.#api.unexpected('get/fail2ban', 'is empty')
    return found
  }
}
