import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import path from 'node:path'
import { createServer } from 'node:tls'
import type { OddCertificate } from './dovecot/config.ts'
import type { Endpoint } from './endpoint.ts'
import { TestbedError } from './errors.ts'

export interface TlsFront extends Endpoint, AsyncDisposable {
  stop(): Promise<void>
}

/** Speaks TLS in front of a plain server, with the good certificate or one that is wrong on purpose. */
export async function startTlsFront(
  target: Endpoint,
  certificates: string,
  certificate: OddCertificate | 'server' = 'server',
): Promise<TlsFront> {
  const [cert, key] = await Promise.all(
    ['pem', 'key'].map((kind) => readFile(path.join(certificates, `${certificate}.${kind}`))),
  )
  if (cert === undefined || key === undefined)
    throw new TestbedError('certificates', `no certificate ${certificate}`)
  const open = new Set<Socket>()
  const server = createServer({ cert, key }, (client) => {
    const upstream = connect(target)
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => {
        open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  // A client that does not trust the certificate ends the handshake: that is what some tests are about.
  server.on('tlsClientError', () => {})
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address !== null && typeof address !== 'string') resolve(address.port)
    })
  })
  const stop = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
    for (const socket of open) socket.destroy()
    await closed
  }
  return { host: '127.0.0.1', port, stop, [Symbol.asyncDispose]: stop }
}
