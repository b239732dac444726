import type { ImapFlow } from 'imapflow'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { deferred } from '../deferred.ts'
import type { ImapLogin, ImapServer, Timeouts } from '../endpoint.ts'
import { ImapSyncError } from '../errors.ts'
import { silent, type Logger } from '../logger.ts'
import type { Permission } from '../wire/command.ts'
import { Session } from '../wire/session.ts'
import { serverText } from '../wire/status-line.ts'
import { compressed } from './compress.ts'
import { loginError } from './login-error.ts'
import { handoverTransport, type HandoverTransport } from './transport.ts'

/** An authenticated connection. Close it (or `await using`); closing never waits for the server. */
export interface ImapConnection extends AsyncDisposable {
  /** As it was logged in with. */
  readonly user: string
  /** Upper case, e.g. `UIDPLUS`. */
  readonly capabilities: ReadonlySet<string>
  /** What the server says it is (RFC 2971), where it does. */
  readonly serverId: Readonly<Record<string, string>>
  /** Protocol and cipher, or undefined on a plain connection. */
  readonly tls: { readonly protocol: string; readonly cipher: string } | undefined
  /** RFC 4978. */
  readonly isCompressed: boolean
  /** How long the TCP handshake took, 0 to this machine itself. */
  readonly roundTripMs: number
  close(): void
}

export interface ConnectOptions {
  readonly signal?: AbortSignal
  readonly logger?: Logger
  readonly timeouts?: Timeouts
  /** Named in errors and logs. Default: the host's name. */
  readonly side?: string
  /** Whether to ask for COMPRESS=DEFLATE (RFC 4978) where the server offers it; it is told how long the TCP handshake took. Default: never. */
  readonly compress?: (roundTripMs: number) => boolean
}

/** What this package makes of a connection: the same, with the session that commands go through. */
export interface OpenConnection extends ImapConnection {
  readonly session: Session
}

const defaultConnectMs = 30_000
const defaultIdleMs = 120_000

/**
 * Connects and logs in; a refused login is never repeated. Rejects with `ImapSyncError` (`connect`, `tls`, `login`,
 * `loginTemporary`, `timeout`) or the signal's reason. The connection is for reading only.
 */
export async function connect(
  server: ImapServer,
  login: ImapLogin,
  options: ConnectOptions = {},
): Promise<ImapConnection> {
  return openConnection(server, login, 'readOnly', options)
}

/** `connect`, with the permission its session has. */
export async function openConnection(
  server: ImapServer,
  login: ImapLogin,
  permission: Permission,
  options: ConnectOptions = {},
): Promise<OpenConnection> {
  const { signal, logger = silent, timeouts = {}, side = server.host, compress } = options
  signal?.throwIfAborted()
  const transport = handoverTransport(server)
  const { capabilities, serverId } = await logIn(server, login, transport, options)
  const taken = transport.take()
  const { socket } = taken
  const roundTripMs = transport.roundTripMs ?? 0
  const wanted = capabilities.has('COMPRESS=DEFLATE') && compress?.(roundTripMs) === true
  const stream = wanted ? await compressed(taken, side, timeouts.connectMs ?? defaultConnectMs) : socket
  const reader = stream === socket ? taken.reader : undefined
  const session = new Session(stream, {
    side,
    permission,
    idleMs: timeouts.idleMs ?? defaultIdleMs,
    capabilities,
    logger,
    ...(reader === undefined ? {} : { reader }),
  })
  const onAbort = (): void => session.destroy(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted === true) onAbort()
  const close = (): void => {
    signal?.removeEventListener('abort', onAbort)
    session.destroy()
  }
  return {
    user: login.user,
    capabilities,
    serverId,
    tls: tlsOf(socket),
    isCompressed: stream !== socket,
    roundTripMs,
    session,
    close,
    [Symbol.asyncDispose]: async () => close(),
  }
}

/** Greeting, TLS, login by imapflow; resolves when the socket in `transport` is authenticated and silent. */
async function logIn(
  server: ImapServer,
  login: ImapLogin,
  transport: HandoverTransport,
  { signal, timeouts = {}, side = server.host }: ConnectOptions,
): Promise<{
  readonly capabilities: ReadonlySet<string>
  readonly serverId: Readonly<Record<string, string>>
}> {
  // Loaded when needed: it is most of what this package costs at start-up.
  const { ImapFlow: Client } = await import('imapflow')
  const connectMs = timeouts.connectMs ?? defaultConnectMs
  const client = new Client({
    host: server.host,
    port: server.port,
    secure: server.tls === 'implicit',
    doSTARTTLS: server.tls === 'starttls',
    auth: { user: login.user, pass: login.password },
    transport,
    logger: false,
    disableAutoIdle: true,
    disableAutoEnable: true,
    disableCompression: true,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    // A server that has not logged us in has nothing long to say.
    maxLineLength: 64 * 1024,
    maxLiteralSize: 64 * 1024,
    maxResponseSize: 256 * 1024,
    maxResponseTokens: 10_000,
  })
  const failed = deferred<never>()
  client.on('error', (error: unknown) => failed.reject(error))
  const timer = setTimeout(() => {
    failed.reject(new ImapSyncError('timeout', `${side}: not logged in after ${connectMs} ms`, { side }))
  }, connectMs)
  const onAbort = (): void => failed.reject(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const connecting = client.connect()
  connecting.catch(() => {})
  try {
    await Promise.race([connecting, failed.promise])
    return {
      capabilities: new Set([...client.capabilities].map(([name, value]) => capabilityText(name, value))),
      serverId: idOf(client),
    }
  } catch (error) {
    transport.destroy()
    client.close()
    signal?.throwIfAborted()
    throw loginError(error, side)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/** imapflow takes the number off `APPENDLIMIT=4096`; 0 is one that it could not read. */
function capabilityText(name: string, value: boolean | number): string {
  return typeof value === 'number' ? `${name.toUpperCase()}=${value}` : name.toUpperCase()
}

function idOf(client: ImapFlow): Record<string, string> {
  const entries = Object.entries(client.serverInfo ?? {})
  return Object.fromEntries(
    entries
      .slice(0, 30)
      .flatMap(([key, value]) => (typeof value === 'string' ? [[key, serverText(value)]] : [])),
  )
}

function tlsOf(socket: Socket): { readonly protocol: string; readonly cipher: string } | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  return { protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher()?.name ?? 'unknown' }
}

/** The session behind a connection that this package made. */
export function sessionOf(connection: ImapConnection): Session {
  if ('session' in connection && connection.session instanceof Session) return connection.session
  throw new ImapSyncError('usage', 'this connection was not made by connect()')
}
