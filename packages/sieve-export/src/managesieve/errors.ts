import { SieveExportError } from '../errors.ts'
import type { ScriptProblem } from './script-problems.ts'

/**
 * What stopped an operation, as the decision a caller has to make:
 * - `connect` the server could not be reached · `tls` its certificate or TLS version was not accepted, or it offers none
 * - `login` the server refused the login (never repeated: fail2ban counts) · `loginTemporary` it could not say
 * - `referral` it sends us elsewhere (see `referral`; never followed) · `bye` it ended the session (see `serverText`)
 * - `closed` the connection was lost · `timeout` a command took too long
 * - `script` the server does not accept a script (see `problems`) · `refused` any other NO (see `responseCode`)
 * - `protocol` an answer that makes no sense · `limit` the peer exceeded one of our limits
 * - `usage` the caller's arguments cannot be sent: nothing was
 */
export type ManageSieveErrorCode =
  | 'connect'
  | 'tls'
  | 'login'
  | 'loginTemporary'
  | 'referral'
  | 'bye'
  | 'closed'
  | 'timeout'
  | 'script'
  | 'refused'
  | 'protocol'
  | 'limit'
  | 'usage'

export interface ManageSieveErrorDetails {
  /** The verb of the command, never its arguments. */
  readonly command?: string
  /** The server's response code (RFC 5804 §1.3), upper case, e.g. `QUOTA/MAXSIZE`. */
  readonly responseCode?: string
  /** What the server said: printable, at most 4,096 characters, line ends as `\n`. */
  readonly serverText?: string
  /** What the server has against a script, with lines and columns where it tells them. */
  readonly problems?: readonly ScriptProblem[]
  /** The `sieve://` URL that the server names instead of itself (RFC 5804 §1.3). Untrusted; never followed by us. */
  readonly referral?: string
  readonly cause?: unknown
}

const retryable: ReadonlySet<ManageSieveErrorCode> = new Set([
  'connect',
  'loginTemporary',
  'bye',
  'closed',
  'timeout',
])

/** Everything that the ManageSieve client throws. Messages are one line and hold no secret and no script. */
export class ManageSieveError extends SieveExportError {
  override readonly name = 'ManageSieveError'
  readonly code: ManageSieveErrorCode
  /** Whether the same thing may work later without anybody doing something. */
  readonly retryable: boolean
  readonly command: string | undefined
  readonly responseCode: string | undefined
  readonly serverText: string | undefined
  readonly problems: readonly ScriptProblem[]
  readonly referral: string | undefined

  constructor(code: ManageSieveErrorCode, message: string, details: ManageSieveErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryable = retryable.has(code)
    this.command = details.command
    this.responseCode = details.responseCode
    this.serverText = details.serverText
    this.problems = details.problems ?? []
    this.referral = details.referral
  }
}

/** True for these errors, also from a second copy of this package. */
export function isManageSieveError(error: unknown): error is ManageSieveError {
  return error instanceof Error && error.name === 'ManageSieveError' && 'code' in error
}
