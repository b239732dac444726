import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'

export interface AccessRules {
  /** Absent: whoever reaches the port may look; for loopback only. */
  readonly token?: string
  readonly port: number
  /** Names under which the page may be asked for, besides addresses and `localhost`. */
  readonly names: readonly string[]
}

/** What of a request decides. */
export interface AccessRequest {
  readonly method: string
  readonly host: string | undefined
  readonly authorization: string | undefined
  readonly cookie: string | undefined
  /** `?token=`, once, to get the cookie. */
  readonly token: string | undefined
  /** `Sec-Fetch-Site` and `Sec-Fetch-Mode`, which no page can forge. */
  readonly fetchSite: string | undefined
  readonly fetchMode: string | undefined
}

export type AccessDecision =
  | { readonly kind: 'allow' }
  | { readonly kind: 'refuse'; readonly status: 401 | 403 | 405 | 421; readonly message: string }
  /** The token was right: remember it in a cookie, and take it out of the address. */
  | { readonly kind: 'welcome'; readonly cookie: string }

/** 256 bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Ports share cookies: two status pages on one machine must not sign each other out. */
export function cookieName(port: number): string {
  return `mailmove-${port}`
}

/** What the cookie holds: proves that the token was known, and is not the token. */
export function cookieValue(token: string): string {
  return createHmac('sha256', token).update('status page cookie').digest('base64url')
}

/** Pure. Who may see what: reading only, under a name of ours, asked by nobody else's page, with the token where there is one. */
export function decideAccess(request: AccessRequest, rules: AccessRules): AccessDecision {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { kind: 'refuse', status: 405, message: 'This page can only be read.' }
  // A name of somebody else's that points here (DNS rebinding) would make their page the same origin as ours.
  if (!isOurName(request.host, rules))
    return { kind: 'refuse', status: 421, message: 'This page is not known under that name (--allow-host).' }
  if (isForeign(request))
    return { kind: 'refuse', status: 403, message: 'Other sites may not use this page.' }
  const { token, port } = rules
  if (token === undefined) return { kind: 'allow' }
  if (request.token !== undefined && isEqual(request.token, token))
    return {
      kind: 'welcome',
      cookie: `${cookieName(port)}=${cookieValue(token)}; HttpOnly; SameSite=Strict; Path=/`,
    }
  const bearer = /^Bearer (.+)$/.exec(request.authorization ?? '')?.[1]
  if (bearer !== undefined && isEqual(bearer, token)) return { kind: 'allow' }
  const shown = cookieOf(request.cookie, cookieName(port))
  if (shown !== undefined && isEqual(shown, cookieValue(token))) return { kind: 'allow' }
  return {
    kind: 'refuse',
    status: 401,
    message: 'Open the address that mailmove serve printed: it ends in ?token=...',
  }
}

/** A navigation is what a link does and shows nothing to the page that holds it; anything else from elsewhere reads. */
function isForeign({ fetchSite, fetchMode }: AccessRequest): boolean {
  const isElsewhere = fetchSite === 'cross-site' || fetchSite === 'same-site'
  return isElsewhere && fetchMode !== 'navigate'
}

function isOurName(host: string | undefined, { names, port }: AccessRules): boolean {
  if (host === undefined || host.length > 300) return false
  const parsed = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(host)
  const name = parsed?.[1]?.toLowerCase()
  if (name === undefined) return false
  const bare = name.startsWith('[') ? name.slice(1, -1) : name
  // An address is nobody's name, so it cannot be pointed elsewhere.
  if (isIP(bare) !== 0 || bare === 'localhost') return parsed?.[2] === undefined || Number(parsed[2]) > 0
  return port > 0 && names.some((one) => one.toLowerCase() === bare)
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const part of (header ?? '').slice(0, 8192).split(';')) {
    const at = part.indexOf('=')
    if (part.slice(0, at).trim() === name) return part.slice(at + 1).trim()
  }
  return undefined
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** In a time that tells nothing, not even of lengths. */
function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other))
}

/** Whether a server on this address can only be reached from the machine itself. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
