import { checkRequest, requestSchema } from './request-schema.ts'
import type { Api, DecodeContext } from './api.ts'
import { notAsIntended, readBackOne } from './read-back.ts'
import { isIP } from 'node:net'
import { z } from 'zod'
import { usageError } from './errors.ts'
import type { CallOptions, WriteOptions } from './options.ts'
import { count, optionalFlag, withoutAbsent } from './request.ts'
import { byName, writeEach } from './write-each.ts'
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

function decodeFail2ban(value: unknown, context: DecodeContext): Fail2ban {
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

/** What can be set; absent fields stay as they are. */
export interface Fail2banChanges {
  readonly banTimeSeconds?: number
  readonly maxBanTimeSeconds?: number
  readonly banTimeIncrement?: boolean
  readonly maxAttempts?: number
  readonly retryWindowSeconds?: number
  readonly netbanIpv4?: number
  readonly netbanIpv6?: number
  /** Replaces the whole list; to add one entry see {@link Fail2bans.allow}. */
  readonly allowList?: readonly string[]
  /** Replaces the whole list. */
  readonly denyList?: readonly string[]
  readonly manageExternal?: boolean
}

const FAIL2BAN = requestSchema('fail2ban', [
  'banTimeSeconds',
  'maxBanTimeSeconds',
  'banTimeIncrement',
  'maxAttempts',
  'retryWindowSeconds',
  'netbanIpv4',
  'netbanIpv6',
  'allowList',
  'denyList',
  'manageExternal',
])

/** fail2ban: `get/fail2ban`, `edit/fail2ban`. */
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

  /**
   * Changes the options. mailcow switches `banTimeIncrement` and `manageExternal` off when they are not sent, so they
   * are read first and sent along.
   */
  async edit(changes: Fail2banChanges, options: WriteOptions = {}): Promise<void> {
    checkRequest(FAIL2BAN, changes)
    await this.#api.exclusively(
      ['fail2ban'],
      async () => {
        const now = await this.get(options)
        const attr = changesToWire({
          banTimeIncrement: now.banTimeIncrement,
          ...(now.manageExternal === null ? {} : { manageExternal: now.manageExternal }),
          ...changes,
        })
        await this.#api.write(
          { route: 'edit/fail2ban', done: ['f2b_modified'], body: { items: ['none'], attr } },
          options,
        )
        if (options.readBack === true) {
          await readBackOne('edit/fail2ban', 'the options', changes, () => this.get(options))
        }
      },
      options,
    )
  }

  /** Puts a network or an address on the list of those that are never banned, and lifts its ban. */
  async allow(network: string, options: WriteOptions = {}): Promise<void> {
    await this.#act('whitelist', network, options)
    if (options.readBack !== true) return
    const isAllowed = (await this.get(options)).allowList.includes(network)
    if (!isAllowed) throw notAsIntended('edit/fail2ban', network, ['allowList'])
  }

  /** Puts a network or an address on the list of those that are always banned. */
  async deny(network: string, options: WriteOptions = {}): Promise<void> {
    await this.#act('blacklist', network, options)
    if (options.readBack !== true) return
    const isDenied = (await this.get(options)).denyList.includes(network)
    if (!isDenied) throw notAsIntended('edit/fail2ban', network, ['denyList'])
  }

  /** Lifts a ban, as soon as mailcow's netfilter gets to it. */
  async unban(network: string, options: CallOptions = {}): Promise<void> {
    await this.#act('unban', network, options)
  }

  async #act(action: string, network: string, options: CallOptions): Promise<void> {
    await writeEach(
      this.#api,
      network,
      {
        route: 'edit/fail2ban',
        done: ['object_modified'],
        soft: ['network_host_invalid'],
        names: byName,
        normalise: checkNetwork,
        attr: { action },
      },
      { signal: options.signal },
    )
  }
}

function checkNetwork(network: string): string {
  const [address = '', prefix, ...rest] = network.split('/')
  const family = isIP(address)
  const longest = family === 4 ? 32 : 128
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= longest)
  if (family === 0 || !isPrefix || rest.length > 0) {
    throw usageError(`${JSON.stringify(network)} is not an address or a network, e.g. 192.0.2.0/24`)
  }
  return network
}

function changesToWire(changes: Fail2banChanges): Record<string, unknown> {
  return withoutAbsent({
    ban_time: count(changes.banTimeSeconds, 'banTimeSeconds'),
    max_ban_time: count(changes.maxBanTimeSeconds, 'maxBanTimeSeconds'),
    ban_time_increment: optionalFlag(changes.banTimeIncrement),
    max_attempts: count(changes.maxAttempts, 'maxAttempts'),
    retry_window: count(changes.retryWindowSeconds, 'retryWindowSeconds'),
    netban_ipv4: count(changes.netbanIpv4, 'netbanIpv4'),
    netban_ipv6: count(changes.netbanIpv6, 'netbanIpv6'),
    whitelist: changes.allowList?.join('\n'),
    blacklist: changes.denyList?.join('\n'),
    manage_external: optionalFlag(changes.manageExternal),
  })
}
