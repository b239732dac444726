import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '../src/index.ts'

/** A server of a test, on a free port of this machine; disposing it cuts all connections. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** Requests (or connections, for a bare socket server) so far. */
  readonly requests: readonly IncomingMessage[]
}

async function listen(server: NetServer, port = 0): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
}

/** An HTTP server; with `tls` HTTPS. */
export async function httpServer(
  answer: RequestListener,
  tls?: { readonly key: string; readonly cert: string },
  port = 0,
): Promise<TestServer> {
  const requests: IncomingMessage[] = []
  const listener: RequestListener = (request, response) => {
    requests.push(request)
    answer(request, response)
  }
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  const actual = await listen(server, port)
  return {
    port: actual,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${actual}`,
    requests,
    [Symbol.asyncDispose]: () => stop(server),
  }
}

export interface SocketServer extends AsyncDisposable {
  readonly url: string
  /** What each connection has sent so far. */
  readonly received: readonly string[]
}

/** A server below HTTP: `react` gets the socket and all that came over it, after each piece. */
export async function socketServer(react: (socket: Socket, received: string) => void): Promise<SocketServer> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createNetServer((socket) => {
    const index = received.push('') - 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      received[index] += chunk.toString('latin1')
      react(socket, received[index] ?? '')
    })
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = createNetServer()
  const port = await listen(server)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  return port
}

export interface Certificates {
  readonly ca: string
  readonly good: { readonly key: string; readonly cert: string }
  readonly expired: { readonly key: string; readonly cert: string }
  readonly otherName: { readonly key: string; readonly cert: string }
  readonly selfSigned: { readonly key: string; readonly cert: string }
}

/** Certificates of every kind, made by openssl. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'mailcow-client-tls-'))
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  }
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const here = 'subjectAltName=IP:127.0.0.1'
  function issue(name: string, san: string, validity: readonly string[]): { key: string; cert: string } {
    openssl(
      'req',
      ...newKey,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
      '-addext',
      san,
    )
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-copy_extensions',
      'copy',
      '-out',
      `${name}.pem`,
      ...validity,
    )
    return { key: read(`${name}.key`), cert: read(`${name}.pem`) }
  }
  function expired(): { key: string; cert: string } {
    try {
      return issue('expired', here, ['-days', '-1'])
    } catch {
      // Newer versions take no negative number of days, but dates.
      return issue('expired', here, ['-not_before', '20200101000000Z', '-not_after', '20200201000000Z'])
    }
  }
  try {
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/CN=test CA',
      '-days',
      '30',
    )
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'self.key',
      '-out',
      'self.pem',
      '-subj',
      '/CN=self',
      '-days',
      '30',
      '-addext',
      here,
    )
    return {
      ca: read('ca.pem'),
      good: issue('good', here, ['-days', '30']),
      otherName: issue('other', 'subjectAltName=DNS:mail.other.example', ['-days', '30']),
      expired: expired(),
      selfSigned: { key: read('self.key'), cert: read('self.pem') },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** mailcow's answer to a write that was done. */
export const DOMAIN_ADDED = JSON.stringify([{ type: 'success', log: [], msg: ['domain_added', 'new.test'] }])

export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly fields: object
  readonly message: string
}

/** A logger that keeps all it is told; `onEntry` hears of each. */
export function keepingLogger(onEntry?: (entry: LogEntry) => void): { logger: Logger; entries: LogEntry[] } {
  const entries: LogEntry[] = []
  const at =
    (level: LogEntry['level']) =>
    (fields: object, message: string): void => {
      entries.push({ level, fields, message })
      onEntry?.({ level, fields, message })
    }
  return { logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, entries }
}
