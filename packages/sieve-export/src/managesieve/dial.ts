import net from 'node:net'
import tls from 'node:tls'
import { ManageSieveError } from './errors.ts'
import type { ManageSieveServer } from './options.ts'

/** Opens the connection as far as it is there before the greeting. Rejects with `connect`, `tls` or the signal's reason. */
export async function dial(server: ManageSieveServer, signal: AbortSignal): Promise<net.Socket> {
  const { host, port } = server
  if (server.tls === 'implicit')
    return secured(tls.connect({ host, port, ...tlsSettings(server) }), server, signal)
  const socket = net.connect({ host, port })
  await untilEvent(socket, 'connect', signal, (cause) => unreachable(server, cause))
  socket.setNoDelay(true)
  return socket
}

/** TLS over a connection that was silent since the server agreed to it (RFC 5804 §2.2). */
export function upgrade(
  socket: net.Socket,
  server: ManageSieveServer,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  return secured(tls.connect({ socket, ...tlsSettings(server) }), server, signal)
}

async function secured(
  socket: tls.TLSSocket,
  server: ManageSieveServer,
  signal: AbortSignal,
): Promise<tls.TLSSocket> {
  await untilEvent(socket, 'secureConnect', signal, (cause) => failedTls(server, socket, cause))
  const problem = checkFingerprint(socket, server)
  if (problem !== undefined) {
    socket.destroy()
    throw problem
  }
  socket.setNoDelay(true)
  return socket
}

/** Waits for one event of a socket; destroys it when anything else happens. */
function untilEvent(
  socket: net.Socket,
  event: 'connect' | 'secureConnect',
  signal: AbortSignal,
  explain: (cause: unknown) => ManageSieveError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      socket.off(event, onEvent)
      socket.off('error', onError)
      socket.off('close', onClose)
      signal.removeEventListener('abort', onAbort)
      act()
    }
    const fail = (reason: unknown): void =>
      settle(() => {
        // Whatever the socket still says is of no interest to anybody.
        socket.on('error', () => {})
        socket.destroy()
        reject(reason)
      })
    const onEvent = (): void => settle(resolve)
    const onError = (cause: unknown): void => fail(explain(cause))
    const onClose = (): void => fail(explain(undefined))
    const onAbort = (): void => fail(signal.reason)
    socket.once(event, onEvent)
    socket.once('error', onError)
    socket.once('close', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
  })
}

function unreachable({ host, port }: ManageSieveServer, cause: unknown): ManageSieveError {
  return new ManageSieveError('connect', `${host}:${port} cannot be reached: ${reasonOf(cause)}`, { cause })
}

const networkCodes = /^(?:ECONN|EHOST|ENET|ENOTFOUND|EAI_|ETIMEDOUT|EADDR|EPIPE)/

function failedTls(server: ManageSieveServer, socket: tls.TLSSocket, cause: unknown): ManageSieveError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  // With `implicit` the TCP connection is made by the same call.
  if (socket.connecting || (networkCodes.test(code) && server.tls === 'implicit'))
    return unreachable(server, cause)
  const { host, port } = server
  return new ManageSieveError('tls', `TLS with ${host}:${port} failed: ${reasonOf(cause)}`, { cause })
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors[0])
  return cause instanceof Error ? cause.message.slice(0, 300) : 'the connection was closed'
}

function tlsSettings({ host, tlsOptions = {} }: ManageSieveServer): tls.ConnectionOptions {
  const { ca, fingerprint, minVersion, serverName = host } = tlsOptions
  const isOld = minVersion === 'TLSv1' || minVersion === 'TLSv1.1'
  return {
    // RFC 6066 §3: no IP addresses in SNI. The certificate is checked against `host` all the same.
    ...(net.isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(minVersion === undefined ? {} : { minVersion }),
    // OpenSSL 3 offers TLS 1.0 and 1.1 at security level 0 only.
    ...(isOld ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
    checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(serverName, certificate),
    rejectUnauthorized: fingerprint === undefined,
  }
}

function checkFingerprint(socket: tls.TLSSocket, server: ManageSieveServer): ManageSieveError | undefined {
  const wanted = server.tlsOptions?.fingerprint
  if (wanted === undefined) return undefined
  const found = socket.getPeerCertificate().fingerprint256
  if (found !== undefined && bareHex(found) === bareHex(wanted)) return undefined
  return new ManageSieveError(
    'tls',
    `the certificate of ${server.host}:${server.port} is not the pinned one (its SHA-256 is ${found ?? 'unknown'})`,
  )
}

function bareHex(text: string): string {
  return text.replaceAll(/[^\da-f]/gi, '').toLowerCase()
}
