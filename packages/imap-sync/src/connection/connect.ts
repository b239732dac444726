import type { ImapLogin, ImapServer, Timeouts } from '../endpoint.ts'
import type { Logger } from '../logger.ts'

/** An authenticated connection. Close it (or `await using`); closing never waits for the server. */
export interface ImapConnection extends AsyncDisposable {
  /** Upper case, e.g. `UIDPLUS`. */
  readonly capabilities: ReadonlySet<string>
  /** What the server says it is (RFC 2971), where it does. */
  readonly serverId: Readonly<Record<string, string>>
  /** Protocol and cipher, or undefined on a plain connection. */
  readonly tls: { readonly protocol: string; readonly cipher: string } | undefined
  close(): void
}

export interface ConnectOptions {
  readonly signal?: AbortSignal
  readonly logger?: Logger
  readonly timeouts?: Timeouts
  /** Named in errors and logs. */
  readonly side?: string
}

/**
 * Connects and logs in; a refused login is never repeated. Rejects with `ImapSyncError` (`connect`, `tls`, `login`,
 * `loginTemporary`, `timeout`) or the signal's reason.
 */
export async function connect(
  _server: ImapServer,
  _login: ImapLogin,
  _options: ConnectOptions = {},
): Promise<ImapConnection> {
  throw new Error('being written')
}
