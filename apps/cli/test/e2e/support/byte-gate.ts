import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import type { Endpoint } from '@iteg/testbed'

/** A TCP relay that stands still after a number of bytes, as a network does when the program dies. */
export interface ByteGate extends Endpoint, AsyncDisposable {
  /** Resolves when that many more bytes came from that side; nothing passes from then on, in either direction. */
  standStillAfter(bytes: number, from: 'client' | 'server'): Promise<void>
  /** Cuts what is open and lets new connections pass again. */
  reset(): void
  /** Bytes that passed so far. */
  readonly passed: Readonly<Record<'client' | 'server', number>>
}

/**
 * `disguise`: changes what the server says before the program hears it, chunk by chunk, as Latin-1. For a server that
 * means harm, or one that is simply odd.
 */
export async function startByteGate(
  target: Endpoint,
  options: { readonly disguise?: (text: string) => string } = {},
): Promise<ByteGate> {
  const { disguise } = options
  const sockets = new Set<Socket>()
  const passed = { client: 0, server: 0 }
  let limit:
    | { readonly from: 'client' | 'server'; readonly at: number; readonly reached: () => void }
    | undefined
  let isStill = false
  const pass = (from: 'client' | 'server', chunk: Buffer, to: Socket): void => {
    if (isStill) return
    const room = limit?.from === from ? limit.at - passed[from] : Number.POSITIVE_INFINITY
    const bytes = chunk.subarray(0, room)
    passed[from] += bytes.length
    to.write(bytes)
    if (bytes.length === chunk.length) return
    isStill = true
    limit?.reached()
  }
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ ...target, noDelay: true })
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('data', (chunk: Buffer) => {
        if (socket === client) pass('client', chunk, other)
        else if (disguise === undefined) pass('server', chunk, other)
        else pass('server', Buffer.from(disguise(chunk.toString('latin1')), 'latin1'), other)
      })
      socket.once('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  const reset = (): void => {
    limit = undefined
    isStill = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    host: '127.0.0.1',
    port,
    passed,
    standStillAfter: (bytes, from) =>
      new Promise((resolve) => {
        limit = { from, at: passed[from] + bytes, reached: resolve }
      }),
    reset,
    [Symbol.asyncDispose]: async () => {
      reset()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
