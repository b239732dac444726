import { SMTPServer } from 'smtp-server'
import type { SMTPServerOptions } from 'smtp-server'
import type { Endpoint } from './endpoint.ts'
import { TestbedError } from './errors.ts'

/** A message that some server handed over to be sent. */
export interface SinkMessage {
  /** The envelope's sender; empty for bounces. */
  readonly from: string
  /** The envelope's recipients. */
  readonly to: readonly string[]
  readonly raw: Buffer
  readonly receivedAt: Date
}

/** Takes every message that is sent to it, for anybody, and keeps the newest ones. */
export interface SmtpSink extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** The messages held now, oldest first. */
  messages(): readonly SinkMessage[]
  /** The first message, among those held or still to come, that the predicate accepts. */
  waitFor(
    predicate: (message: SinkMessage) => boolean,
    options?: { readonly limitMs?: number; readonly signal?: AbortSignal },
  ): Promise<SinkMessage>
  /** Listens there as well, for as long as it lives. */
  alsoAt(endpoint: Endpoint): Promise<void>
  /** Forgets what was received. */
  clear(): void
  stop(): Promise<void>
}

// a test may send thousands of small ones and count them at the end
const maxMessages = 20_000
const maxBytes = 128 * 1024 * 1024
const maxMessageBytes = 64 * 1024 * 1024

export async function startSink(): Promise<SmtpSink> {
  const held: SinkMessage[] = []
  let heldBytes = 0
  const waiting = new Set<(message: SinkMessage) => void>()
  const keep = (message: SinkMessage): void => {
    held.push(message)
    heldBytes += message.raw.length
    while (held.length > maxMessages || (heldBytes > maxBytes && held.length > 1))
      heldBytes -= held.shift()?.raw.length ?? 0
    for (const notify of waiting) notify(message)
  }
  const options: SMTPServerOptions = {
    authOptional: true,
    // Plain text: the servers of the test bed reach it over the loopback.
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    logger: false,
    size: maxMessageBytes,
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      let size = 0
      stream.on('data', (chunk: Buffer) => {
        size += chunk.length
        // What is too large is read and dropped, so that the client hears our answer.
        if (size <= maxMessageBytes) chunks.push(chunk)
      })
      stream.once('end', () => {
        if (size > maxMessageBytes) {
          callback(Object.assign(new Error('message too large'), { responseCode: 552 }))
          return
        }
        const { mailFrom, rcptTo } = session.envelope
        keep({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks),
          receivedAt: new Date(),
        })
        callback(null, 'kept')
      })
      stream.once('error', (error: Error) => callback(error))
    },
  }
  const servers: SMTPServer[] = []
  const open = async ({ host, port }: Endpoint): Promise<number> => {
    const server = new SMTPServer(options)
    // A client that goes away in the middle is its own business.
    server.on('error', () => {})
    const bound = await listen(server, host, port)
    servers.push(server)
    return bound
  }
  const port = await open({ host: '127.0.0.1', port: 0 })
  const stop = async (): Promise<void> => {
    for (const server of servers.splice(0)) {
      for (const connection of server.connections) connection.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    }
  }
  return {
    host: '127.0.0.1',
    port,
    messages: () => [...held],
    waitFor: (predicate, { limitMs = 20_000, signal } = {}) =>
      new Promise<SinkMessage>((resolve, reject) => {
        const there = held.find((message) => predicate(message))
        if (there !== undefined) {
          resolve(there)
          return
        }
        const limit = AbortSignal.timeout(limitMs)
        const stopWaiting = signal === undefined ? limit : AbortSignal.any([limit, signal])
        const giveUp = (): void => {
          waiting.delete(notify)
          const seen = held.map(({ to }) => to.join(', ')).join('; ') || 'nothing'
          reject(new TestbedError('timeout', `no such message reached the sink (it holds mail to: ${seen})`))
        }
        const notify = (message: SinkMessage): void => {
          if (!predicate(message)) return
          waiting.delete(notify)
          stopWaiting.removeEventListener('abort', giveUp)
          resolve(message)
        }
        if (stopWaiting.aborted) {
          giveUp()
          return
        }
        waiting.add(notify)
        stopWaiting.addEventListener('abort', giveUp, { once: true })
      }),
    alsoAt: async (endpoint) => {
      await open(endpoint)
    },
    clear: () => {
      held.length = 0
      heldBytes = 0
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function listen(server: SMTPServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject)
    const listening = server.listen(port, host, () => {
      const address = listening.address()
      if (address === null || typeof address === 'string')
        reject(new TestbedError('sink', 'the sink has no port'))
      else resolve(address.port)
    })
  })
}
