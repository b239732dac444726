import { connect } from 'node:net'
import { CutoverError } from '../errors.ts'
import type { DnsServer } from '../server.ts'
import { formatServer } from '../server.ts'

export interface ExchangeOptions {
  /** For the whole exchange. Default 5,000 ms. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends one message and waits for its answer, over TCP: every server must speak it (RFC 7766 §5), no answer is cut, and
 * none can be forged from outside.
 * @throws {CutoverError} `unreachable`, `timeout`, `answer`
 */
export async function exchange(
  server: DnsServer,
  message: Buffer,
  options: ExchangeOptions = {},
): Promise<Buffer> {
  const { timeoutMs = 5000, signal } = options
  signal?.throwIfAborted()
  const timeout = AbortSignal.timeout(timeoutMs)
  const ended = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  const socket = connect({ host: server.host, port: server.port, signal: ended })
  try {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(message.length)
    socket.write(Buffer.concat([length, message]))
    return await readMessage(socket)
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof CutoverError) throw error
    if (timeout.aborted)
      throw new CutoverError('timeout', `${formatServer(server)} did not answer in ${timeoutMs / 1000} s.`, {
        cause: error,
      })
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new CutoverError('unreachable', `${formatServer(server)} cannot be reached (${reason}).`, {
      cause: error,
    })
  } finally {
    socket.destroy()
  }
}

async function readMessage(socket: AsyncIterable<Buffer>): Promise<Buffer> {
  let received = Buffer.alloc(0)
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk])
    // The length is 16 bit: no peer can make this longer than 64 KiB.
    if (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0))
      return received.subarray(2, 2 + received.readUInt16BE(0))
  }
  throw new CutoverError('answer', 'The DNS server closed the connection in the middle of its answer.')
}
