/**
 * What stopped an operation, as the decision a caller has to make:
 * - `connect` the server could not be reached · `tls` its certificate or TLS version was not accepted
 * - `login` the server refused the login (never repeated: fail2ban counts) · `loginTemporary` it could not say
 * - `loginBudget` no login was tried, for too many were refused at this server before
 * - `closed` the connection was lost · `timeout` nothing moved for too long
 * - `refused` the server answered NO (see `responseCode`) · `protocol` BAD, or an answer that makes no sense
 * - `limit` the peer exceeded one of our limits · `phase` a destructive command was about to run in a phase
 *   that forbids it · `folderMissing` a folder is not there · `usage` the caller's arguments contradict
 */
export type ImapSyncErrorCode =
  | 'connect'
  | 'tls'
  | 'login'
  | 'loginTemporary'
  | 'loginBudget'
  | 'closed'
  | 'timeout'
  | 'refused'
  | 'protocol'
  | 'limit'
  | 'phase'
  | 'folderMissing'
  | 'usage'

export interface ImapSyncErrorDetails {
  /** Whether the same thing may work later without anybody doing something. */
  readonly retryable?: boolean
  /** `source` or `target`, or what the connection was called. */
  readonly side?: string
  /** The verb of the command, never its arguments. */
  readonly command?: string
  /** The server's response code, e.g. `OVERQUOTA`, upper case. */
  readonly responseCode?: string
  readonly cause?: unknown
}

const retryableByDefault: ReadonlySet<ImapSyncErrorCode> = new Set([
  'connect',
  'loginTemporary',
  'closed',
  'timeout',
])

/** The only error class of this package. Messages never hold a secret, a body or an unbounded server text. */
export class ImapSyncError extends Error {
  override readonly name = 'ImapSyncError'
  readonly code: ImapSyncErrorCode
  readonly retryable: boolean
  readonly side: string | undefined
  readonly command: string | undefined
  readonly responseCode: string | undefined

  constructor(code: ImapSyncErrorCode, message: string, details: ImapSyncErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.retryable = details.retryable ?? retryableByDefault.has(code)
    this.side = details.side
    this.command = details.command
    this.responseCode = details.responseCode
  }
}

/** True for our errors, also from a second copy of this package. */
export function isImapSyncError(error: unknown): error is ImapSyncError {
  return error instanceof Error && error.name === 'ImapSyncError' && 'code' in error
}

/** For `.catch`: undefined when a folder is not there, every other error as it came. */
export function ifMissing(error: unknown): undefined {
  if (isImapSyncError(error) && error.code === 'folderMissing') return undefined
  throw error
}
