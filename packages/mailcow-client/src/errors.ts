import type { MailcowMessage } from './messages.ts'

/**
 * What went wrong, one literal for each decision that a caller can make.
 *
 * Nothing was sent: `usage` (an argument is wrong), `not_addressable` (mailcow's URLs cannot carry this name),
 * `route_not_allowed` (outside the allow-list of this client), `locked_out` (an earlier answer refused the key).
 *
 * The way there: `network`, `timeout`, `tls`, `redirect`, `answer_too_large`.
 *
 * mailcow refused the caller: `bad_key`, `address_forbidden`, `read_only_key`.
 *
 * mailcow did not answer as its API does: `unknown_route`, `server_error`, `empty_answer`, `unexpected_answer`.
 *
 * mailcow refused the request: `exists`, `denied` (mailcow says `access_denied` for unknown objects too), `limit`,
 * `password_refused`, `rejected` (everything else), `nothing_done` ("Task completed"), `partial` (some of it was
 * done), `bulk` (single items of a bulk call failed, see `results`), `not_as_intended` (read back and different).
 */
export type MailcowErrorCode =
  | 'usage'
  | 'not_addressable'
  | 'route_not_allowed'
  | 'locked_out'
  | 'network'
  | 'timeout'
  | 'tls'
  | 'redirect'
  | 'answer_too_large'
  | 'bad_key'
  | 'address_forbidden'
  | 'read_only_key'
  | 'unknown_route'
  | 'server_error'
  | 'empty_answer'
  | 'unexpected_answer'
  | 'exists'
  | 'denied'
  | 'limit'
  | 'password_refused'
  | 'rejected'
  | 'nothing_done'
  | 'partial'
  | 'bulk'
  | 'not_as_intended'

/**
 * What a failed call has changed on mailcow: `none` (proven: nothing), `partial` (some of it), or `unknown` (the
 * request may have been carried out: read back before doing it again).
 */
export type Effect = 'none' | 'partial' | 'unknown'

/** One item of a bulk call: done, or failed with its own error. */
export type ItemResult =
  | { readonly item: string; readonly ok: true }
  | { readonly item: string; readonly ok: false; readonly error: MailcowError }

export interface MailcowErrorDetails {
  /** mailcow's own entries of this answer, side effects included. */
  readonly messages?: readonly MailcowMessage[] | undefined
  /** One sentence: what to do about it. */
  readonly hint?: string | undefined
  readonly effect?: Effect | undefined
  readonly status?: number | undefined
  readonly route?: string | undefined
  /** True when the same call may succeed a little later. */
  readonly retryable?: boolean | undefined
  readonly results?: readonly ItemResult[] | undefined
  readonly cause?: unknown
}

/**
 * The only error class of this package (an aborted call rejects with the signal's own reason instead).
 * Never holds a key, a password or a whole answer; texts from the server are cut to a few hundred characters.
 */
export class MailcowError extends Error {
  override readonly name = 'MailcowError' as const
  readonly code: MailcowErrorCode
  readonly messages: readonly MailcowMessage[]
  readonly hint: string | undefined
  readonly effect: Effect
  readonly status: number | undefined
  readonly route: string | undefined
  readonly retryable: boolean
  /** Only with code `bulk`: what became of each item. */
  readonly results: readonly ItemResult[]

  constructor(code: MailcowErrorCode, message: string, details: MailcowErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.messages = details.messages ?? []
    this.hint = details.hint
    this.effect = details.effect ?? 'none'
    this.status = details.status
    this.route = details.route
    this.retryable = details.retryable ?? false
    this.results = details.results ?? []
  }

  /** True when mailcow's answer holds an entry with this key, e.g. `object_exists`. */
  says(key: string): boolean {
    return this.messages.some((message) => message.key === key)
  }
}

/** Recognises a MailcowError also when two copies of this package are installed. */
export function isMailcowError(value: unknown): value is MailcowError {
  return value instanceof Error && value.name === 'MailcowError' && 'code' in value && 'effect' in value
}

/** An argument that must not be sent. */
export function usageError(message: string, hint?: string): MailcowError {
  return new MailcowError('usage', message, { hint })
}
