import { once } from 'node:events'
import { createServer, connect, type Server, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { append, type AppendMessage } from '../commands/append.ts'
import { fetchBodies } from '../commands/fetch-bodies.ts'
import { BlockReader } from './blocks.ts'
import { Session } from './session.ts'

// Memory that is used again is only safe when nobody still looks at it: whatever sizes messages have and however slow their
// reader is, each arrives as it was sent.

/** A server that answers the next command with these messages. */
async function serve(messages: readonly Buffer[]): Promise<{ port: number; stop: () => void }> {
  const server = createServer((socket) => {
    socket.once('data', (line: Buffer) => {
      for (const [index, message] of messages.entries()) {
        socket.write(`* ${index + 1} FETCH (UID ${index + 1} BODY[] {${message.length}}\r\n`)
        socket.write(message)
        socket.write(')\r\n')
      }
      socket.end(`${line.toString().split(' ')[0] ?? ''} OK done\r\n`)
    })
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: portOf(server), stop: () => server.close() }
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  return address.port
}

async function open(port: number): Promise<{ session: Session; memory: Set<ArrayBufferLike> }> {
  const reader = new BlockReader()
  const { buffer } = reader.onread
  const memory = new Set<ArrayBufferLike>()
  const watched = (): Uint8Array => {
    const room = typeof buffer === 'function' ? buffer() : buffer
    memory.add(room.buffer)
    return room
  }
  const socket = connect({ port, host: '127.0.0.1', onread: { ...reader.onread, buffer: watched } })
  await once(socket, 'connect')
  return { session: newSession(socket, reader), memory }
}

function newSession(socket: Socket, reader?: BlockReader): Session {
  return new Session(socket, {
    side: 'test',
    permission: 'mirror',
    idleMs: 10_000,
    capabilities: new Set(['LITERAL+']),
    ...(reader === undefined ? {} : { reader }),
  })
}

/** Content that differs everywhere: `size` bytes made of `seed`. */
function content(seed: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  for (let at = 0; at < size; at += 4) bytes[at] = (seed * 31 + at * 7 + (at >> 10)) % 251
  return bytes
}

const sizes = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 5000 }) },
  { weight: 3, arbitrary: fc.integer({ min: 5000, max: 300_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1_000_000, max: 3_000_000 }) },
)

test('whatever the sizes and however slow the reader, every message arrives as it was sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(sizes, { minLength: 1, maxLength: 25 }),
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 10 }),
      async (lengths, pauses) => {
        const messages = lengths.map((length, index) => content(index + 1, length))
        const server = await serve(messages)
        const { session } = await open(server.port)
        try {
          const last = messages.length
          const fetch = fetchBodies(session, [{ first: 1, last }], { wholeUpTo: 1024 * 1024 })
          let turns = 0
          const rest = async (): Promise<void> => {
            turns += 1
            for (let left = pauses[turns % pauses.length] ?? 0; left > 0; left -= 1) await turn()
          }
          const arrived = new Map<number, Buffer>()
          for await (const body of fetch.bodies) {
            if (body.kind === 'unreadable') continue
            await rest()
            const parts: Buffer[] = []
            for await (const chunk of body.chunks) {
              await rest()
              parts.push(Buffer.from(chunk))
            }
            arrived.set(body.uid, Buffer.concat(parts))
          }
          await fetch.result
          for (const [index, message] of messages.entries())
            expect(arrived.get(index + 1)?.equals(message)).toBe(true)
        } finally {
          session.destroy()
          server.stop()
        }
      },
    ),
    { numRuns: 25 },
  )
})

test('a message of any size passes from one socket to another through a few blocks', async () => {
  const large = content(7, 64 * 1024 * 1024)
  const server = await serve([large])
  const { session, memory } = await open(server.port)
  const received: Buffer[] = []
  let bytes = 0
  const sink = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk)
      bytes += chunk.length
      // Slower than what comes: the writer has to wait.
      socket.pause()
      setImmediate(() => socket.resume())
      if (chunk.at(-1) === 10 && bytes > large.length) socket.write('m1 OK stored\r\n')
    })
  })
  sink.listen(0, '127.0.0.1')
  await once(sink, 'listening')
  const target = connect(portOf(sink), '127.0.0.1')
  await once(target, 'connect')
  const writer = newSession(target)
  try {
    const fetch = fetchBodies(session, [{ first: 1, last: 1 }], { wholeUpTo: 1024 * 1024 })
    async function* messages(): AsyncGenerator<AppendMessage> {
      for await (const body of fetch.bodies)
        if (body.kind !== 'unreadable')
          yield {
            flags: [],
            date: { seconds: 0, zoneMinutes: 0 },
            size: body.size,
            chunks: body.chunks,
          }
    }
    const appended = await append(writer, 'INBOX', messages(), { careful: false })
    expect((await appended?.answer)?.status).toBe('OK')
    const all = Buffer.concat(received)
    const start = all.indexOf('\r\n') + 2
    expect(all.subarray(start, start + large.length).equals(large)).toBe(true)
    // 1 MiB may wait, in blocks of 256 KiB; a few more are being filled or written.
    expect(memory.size).toBeLessThanOrEqual(12)
  } finally {
    session.destroy()
    writer.destroy()
    server.stop()
    sink.close()
  }
})
