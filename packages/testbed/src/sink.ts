import { SMTPServer } from 'smtp-server'
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
  /** Forgets what was received. */
  clear(): void
  stop(): Promise<void>
}

const maxMessages = 2000
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
  const server = new SMTPServer({
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
  })
  // A client that goes away in the middle is its own business.
  server.on('error', () => {})
  const port = await listen(server)
  const stop = async (): Promise<void> => {
    for (const connection of server.connections) connection.close()
    await new Promise<void>((resolve) => {
      server.close(() => resolve())
    })
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
    clear: () => {
      held.length = 0
      heldBytes = 0
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function listen(server: SMTPServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject)
    const listening = server.listen(0, '127.0.0.1', () => {
      const address = listening.address()
      if (address === null || typeof address === 'string')
        reject(new TestbedError('sink', 'the sink has no port'))
      else resolve(address.port)
    })
  })
}
