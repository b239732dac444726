import { BlockList, isIP } from 'node:net'
import type { Message } from './calls.ts'
import type { Access } from './router.ts'
import type { MailcowState } from './state.ts'

export interface Keys {
  readonly apiKey: string
  readonly readOnlyKey: string | undefined
  /** Addresses and networks; undefined: the check is off. */
  readonly allowedFrom: readonly string[] | undefined
}

/** A PHP session: keeping the cookie keeps the rights and the messages of a call that crashed. */
export interface Session {
  readonly id: string
  access: Access
  readonly messages: Message[]
}

/** Undefined: go on. Otherwise the text of the 401. */
export function authenticate(
  keys: Keys,
  session: Session,
  request: { readonly key: string | undefined; readonly remote: string },
): string | undefined {
  if (request.key === undefined || request.key === '') return undefined
  const key = request.key.replaceAll(/[^a-zA-Z0-9-]/g, '')
  const access = key === keys.apiKey ? 'rw' : key === keys.readOnlyKey ? 'ro' : undefined
  if (access === undefined) return 'authentication failed'
  if (keys.allowedFrom !== undefined && !isListed(keys.allowedFrom, request.remote)) {
    return `api access denied for ip ${request.remote}`
  }
  session.access = access
  return undefined
}

/** One wrong key, or a key from a forbidden address, is one attempt; max_attempts within the window is a ban. */
export function countFailure(state: MailcowState, remote: string, now: Date): void {
  const { fail2ban } = state
  if (isListed(fail2ban.whitelist, remote)) return
  const seconds = Math.floor(now.getTime() / 1000)
  const recent = (fail2ban.attempts[remote] ?? []).filter((time) => time > seconds - fail2ban.retry_window)
  fail2ban.attempts[remote] = [...recent, seconds]
  if (recent.length + 1 < fail2ban.max_attempts) return
  fail2ban.activeBans[`${remote}/${isIP(remote) === 6 ? 128 : 32}`] = seconds + fail2ban.ban_time
}

export function isBanned(state: MailcowState, remote: string, now: Date): boolean {
  const until = state.fail2ban.activeBans[`${remote}/${isIP(remote) === 6 ? 128 : 32}`]
  return until !== undefined && until > now.getTime() / 1000
}

function isListed(networks: readonly string[], address: string): boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [host = '', prefix] = network.split('/')
    const version = isIP(host)
    if (version === 0) continue
    const family = version === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(host, family)
    else list.addSubnet(host, Number(prefix), family)
  }
  return isIP(address) !== 0 && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
