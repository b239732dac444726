import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AccountStore } from './account-store.ts'
import type { DoubleContext } from './calls.ts'
import type { RecordedDavCall, SogoUpstream } from './dav-front.ts'
import { deferred } from '../deferred.ts'
import type { Fault, FaultOptions } from './faults.ts'
import { freshState } from './fresh-state.ts'
import { Front } from './front.ts'
import { changeOwnPassword } from './own-password.ts'
import { hashPassword } from './passwords.ts'
import { sqlTime } from './php-values.ts'
import type { RecordedCall } from './request-log.ts'
import type { MailcowState } from './state.ts'

export type { AccountStore } from './account-store.ts'
export { memoryAccountStore } from './account-store.ts'
export type {
  ActiveFilters,
  AppPasswordAccount,
  MailboxAccount,
  MailboxUsage,
  MemoryAccountStore,
  ProtocolAccess,
} from './account-store.ts'
export type { Fault, FaultKind, FaultOptions } from './faults.ts'
export type { RecordedCall } from './request-log.ts'
export type { RecordedDavCall, SogoUpstream } from './dav-front.ts'
export type * from './state.ts'

export interface MailcowDoubleOptions {
  readonly accounts: AccountStore
  readonly apiKey: string
  readonly readOnlyKey?: string
  /** Addresses and networks that may use the keys; absent: all. */
  readonly allowedFrom?: readonly string[]
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: a free one. */
  readonly port?: number
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Tables that are not as after a fresh installation. Accounts in it are not told to the store. */
  readonly seedState?: Partial<MailcowState>
  /** MAILCOW_HOSTNAME; a domain may not have this name. Default mail.mailcow.test. */
  readonly hostname?: string
  /** Default 2026-07a, the version that was recorded. */
  readonly version?: string
  readonly now?: () => Date
  /** For the names of time-limited aliases. Default Math.random. */
  readonly random?: () => number
  /** bcrypt's cost. Default 4, so that tests are fast; mailcow uses 10. */
  readonly passwordRounds?: number
  /** mailcow does not lock: with true, parallel calls overshoot limits as they do there. Default false: one after the other. */
  readonly unlocked?: boolean
  /** With true a banned address gets no connection any more. Default false: bans are only counted and listed. */
  readonly enforceBans?: boolean
}

export interface MailcowDouble extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string
  /** Plain data, live: tests may read and change it. */
  readonly state: MailcowState
  readonly requests: readonly RecordedCall[]
  /** What DAV clients asked for below `/SOGo/dav/`. */
  readonly davRequests: readonly RecordedDavCall[]
  /** From now on SOGo is there; before, `/SOGo/dav/` answers 502. */
  serveSogo(upstream: SogoUpstream): void
  fail(options: FaultOptions): Fault
  /**
   * What a user does in the web interface when a new password is demanded: force_pw_update falls to "0" and
   * passwd_update moves. False: the password policy refuses it, or there is no such mailbox.
   */
  userChangesPassword(address: string, password: string): Promise<boolean>
  /** Ends open connections too; may be called again. */
  close(): Promise<void>
}

/** Starts an HTTP server that answers as mailcow's API does, from state and rules. */
export async function startMailcowDouble(options: MailcowDoubleOptions): Promise<MailcowDouble> {
  const now = options.now ?? (() => new Date())
  const rounds = options.passwordRounds ?? 4
  const context: DoubleContext = {
    state: { ...freshState(sqlTime(now())), ...options.seedState },
    accounts: options.accounts,
    hostname: options.hostname ?? 'mail.mailcow.test',
    version: options.version ?? '2026-07a',
    now,
    hashPassword: (password) => hashPassword(password, rounds),
    random: options.random ?? Math.random,
  }
  const { apiKey, readOnlyKey, allowedFrom } = options
  const front = new Front(context, { apiKey, readOnlyKey, allowedFrom }, options)
  const listener = (request: IncomingMessage, response: ServerResponse): void =>
    front.handle(request, response)
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener)
  const host = options.host ?? '127.0.0.1'
  await listen(server, options.port ?? 0, host)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const close = async (): Promise<void> => {
    front.faults.releaseAll()
    await closeServer(server)
  }
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    state: context.state,
    requests: front.requests,
    davRequests: front.dav.calls,
    serveSogo: (upstream) => front.dav.serve(upstream),
    fail: (fault) => front.faults.add(fault),
    userChangesPassword: (mailbox, password) => changeOwnPassword(context, mailbox, password),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  const listening = deferred()
  server.once('error', listening.reject)
  server.listen(port, host, () => {
    server.off('error', listening.reject)
    listening.resolve()
  })
  return listening.promise
}

/** Never waits for a client that keeps its connection open. */
function closeServer(server: Server): Promise<void> {
  const closed = deferred()
  server.close(() => closed.resolve())
  server.closeAllConnections()
  return closed.promise
}
