import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { onTestFinished } from 'vitest'

const tlsFiles = path.resolve(import.meta.dirname, '../data/tls')

export function certificate(name: 'ca.pem' | 'server.pem' | 'server.key'): Promise<string> {
  return readFile(path.join(tlsFiles, name), 'utf8')
}

interface Received {
  readonly to: readonly string[]
  readonly raw: string
  readonly dsn: unknown
  readonly user: string | undefined
  readonly secure: boolean
}

export interface RunningServer {
  readonly host: 'localhost'
  readonly port: number
  readonly received: Received[]
  /** Logins that were tried. */
  readonly logins: string[]
  connections(): number
  dropAll(): void
}

/** A real SMTP server with TLS and one login, `admin` / `Geheim-Wort-99`; gone when the test ends. */
export async function startServer(options: SMTPServerOptions = {}): Promise<RunningServer> {
  const received: Received[] = []
  const logins: string[] = []
  let connections = 0
  const server = new SMTPServer({
    key: await certificate('server.key'),
    cert: await certificate('server.pem'),
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onConnect: (_, done) => {
      connections += 1
      done()
    },
    onAuth: ({ username = '', password }, _, done) => {
      logins.push(username)
      if (password === 'Geheim-Wort-99') done(null, { user: username })
      else done(Object.assign(new Error(`no: ${String(password)}`), { responseCode: 535 }))
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('end', () => {
        received.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('latin1'),
          dsn: Reflect.get(session.envelope, 'dsn'),
          user: typeof session.user === 'string' ? session.user : undefined,
          secure: session.secure,
        })
        done(null, 'queued as 42')
      })
    },
    ...options,
  })
  server.on('error', () => {})
  const port = await new Promise<number>((resolve, reject) => {
    server.server.once('error', reject)
    const listening = server.listen(0, 'localhost', () => {
      const address = listening.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  const dropAll = (): void => {
    for (const connection of server.connections) connection.close()
  }
  onTestFinished(async () => {
    dropAll()
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
  })
  return { host: 'localhost', port, received, logins, connections: () => connections, dropAll }
}
