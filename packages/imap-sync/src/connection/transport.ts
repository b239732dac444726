import type { ImapTransport, ImapTransportConnectOptions, ImapTransportSocket } from 'imapflow'
import net from 'node:net'
import { Duplex } from 'node:stream'
import tls from 'node:tls'
import type { ImapServer } from '../endpoint.ts'
import { ImapSyncError } from '../errors.ts'
import { BlockReader } from '../wire/blocks.ts'

// imapflow logs in through this; then the socket is taken from under it. What imapflow holds is only a pipe to the
// socket, so there is nothing to untangle: the pipe is cut and the socket has one owner again.

/** A duplex that passes everything through to a socket until it is detached. */
class Pipe extends Duplex {
  readonly #socket: net.Socket
  readonly #reader: BlockReader | undefined
  #attached = true
  readonly #onData = (chunk: Buffer): void => {
    if (!this.push(chunk)) this.#socket.pause()
  }
  readonly #onEnd = (): void => {
    this.push(null)
  }
  readonly #onError = (error: Error): void => {
    this.destroy(error)
  }
  readonly #onClose = (): void => {
    this.destroy()
  }

  constructor(socket: net.Socket, reader: BlockReader | undefined) {
    super()
    this.#socket = socket
    this.#reader = reader
    if (reader === undefined) socket.on('data', this.#onData)
    // The block is written over; imapflow keeps what it gets.
    else reader.listen((chunk) => this.#onData(Buffer.from(chunk)))
    socket.on('end', this.#onEnd)
    socket.on('error', this.#onError)
    socket.on('close', this.#onClose)
  }

  /** imapflow's inactivity timer: ours runs instead. */
  setTimeout(_ms: number): this {
    return this
  }

  setKeepAlive(enable?: boolean, initialDelay?: number): this {
    this.#socket.setKeepAlive(enable, initialDelay)
    return this
  }

  /** The socket, without a listener of ours; this pipe is dead afterwards. */
  detach(): net.Socket {
    this.#attached = false
    this.#socket.pause()
    this.#socket.off('data', this.#onData)
    this.#reader?.listen(undefined)
    this.#socket.off('end', this.#onEnd)
    this.#socket.off('error', this.#onError)
    this.#socket.off('close', this.#onClose)
    return this.#socket
  }

  override _read(): void {
    if (this.#attached) this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#attached) this.#socket.end()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#attached) this.#socket.destroy()
    done(error)
  }
}

export interface TakenSocket {
  readonly socket: net.Socket
  /** Reads the socket; undefined where its bytes come as `data` events, as they do after STARTTLS. */
  readonly reader: BlockReader | undefined
}

export interface HandoverTransport extends ImapTransport {
  /** The authenticated socket, once imapflow is done with it. */
  take(): TakenSocket
  /** How long the TCP handshake took; 0 to this machine itself. Undefined before it. */
  readonly roundTripMs: number | undefined
  /** Destroys whatever is open. */
  destroy(): void
}

/** A transport for imapflow that checks the server as `server.tlsOptions` say and gives the socket back in the end. */
export function handoverTransport(server: ImapServer): HandoverTransport {
  let pipe: Pipe | undefined
  let socket: net.Socket | undefined
  // Not under STARTTLS: `onread` is for sockets that are made with it, and there TLS comes later.
  const reader = server.tls === 'starttls' ? undefined : new BlockReader()
  const onread = reader === undefined ? {} : { onread: reader.onread }
  const open = (next: net.Socket): ImapTransportSocket => {
    socket = next
    pipe = new Pipe(next, reader)
    return pipe
  }
  let roundTripMs: number | undefined
  const measure = (connecting: net.Socket): void => {
    let startedAt = performance.now()
    const begin = (): void => {
      startedAt = performance.now()
    }
    connecting.on('lookup', begin)
    connecting.on('connectionAttempt', begin)
    connecting.once('connect', () => {
      const isHere = /^(?:::ffff:)?127\.|^::1$/.test(connecting.remoteAddress ?? '')
      roundTripMs = isHere ? 0 : performance.now() - startedAt
    })
  }
  const secure = (onto: net.Socket | undefined, onSecure: () => void): tls.TLSSocket => {
    const upgraded = tls.connect({
      ...tlsSettings(server),
      ...(onto === undefined ? { host: server.host, port: server.port, ...onread } : { socket: onto }),
    })
    if (onto === undefined) measure(upgraded)
    upgraded.once('secureConnect', () => {
      const problem = checkFingerprint(upgraded, server)
      if (problem === undefined) onSecure()
      else upgraded.destroy(problem)
    })
    return upgraded
  }
  return {
    connect(options: ImapTransportConnectOptions, onConnect: () => void) {
      if (options.secure) return open(secure(undefined, onConnect))
      const plain = net.connect({ host: server.host, port: server.port, ...onread })
      measure(plain)
      plain.once('connect', onConnect)
      return open(plain)
    },
    upgrade(_socket, _options, onSecure) {
      if (pipe === undefined) throw new ImapSyncError('tls', 'STARTTLS before a connection')
      return open(secure(pipe.detach(), onSecure))
    },
    get roundTripMs() {
      return roundTripMs
    },
    take() {
      if (pipe === undefined) throw new ImapSyncError('connect', 'there is no connection to take over')
      const taken = pipe.detach()
      taken.setNoDelay(true)
      return { socket: taken, reader }
    },
    destroy() {
      socket?.destroy()
    },
  }
}

function tlsSettings({ host, tlsOptions = {} }: ImapServer): tls.ConnectionOptions {
  const { ca, fingerprint, minVersion, serverName = host } = tlsOptions
  const old = minVersion === 'TLSv1' || minVersion === 'TLSv1.1'
  return {
    // RFC 6066 §3: no IP addresses in SNI. The certificate is checked against `host` all the same.
    ...(net.isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(minVersion === undefined ? {} : { minVersion }),
    // OpenSSL 3 offers TLS 1.0 and 1.1 at security level 0 only.
    ...(old ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
    checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(serverName, certificate),
    rejectUnauthorized: fingerprint === undefined,
  }
}

function checkFingerprint(socket: tls.TLSSocket, { tlsOptions }: ImapServer): Error | undefined {
  const wanted = tlsOptions?.fingerprint
  if (wanted === undefined) return undefined
  const found = socket.getPeerCertificate().fingerprint256
  if (found !== undefined && bareHex(found) === bareHex(wanted)) return undefined
  return new ImapSyncError(
    'tls',
    `the server's certificate is not the pinned one (its SHA-256 is ${found ?? 'unknown'})`,
  )
}

function bareHex(text: string): string {
  return text.replaceAll(/[^\da-f]/gi, '').toLowerCase()
}
