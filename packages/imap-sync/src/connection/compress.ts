import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import zlib from 'node:zlib'
import { deferred } from '../deferred.ts'
import { ImapSyncError } from '../errors.ts'
import type { TakenSocket } from './transport.ts'

// COMPRESS=DEFLATE (RFC 4978): after its OK both directions are raw deflate streams, each flushed whenever the other side has to be
// able to read what was written. What comes out is read as it is consumed: a stream that unpacks to a thousand times its size fills
// no memory, and meets the limits of the reader behind.

/** An answer to COMPRESS is one line. */
const maxAnswer = 64 * 1024
const tag = 'z1'

/**
 * Asks for compression on an authenticated socket that nobody reads. Resolves to the stream that takes its place, or to the socket
 * itself when the server says NO. Rejects with `ImapSyncError`; the socket is destroyed then.
 */
export async function compressed(taken: TakenSocket, side: string, timeoutMs: number): Promise<Duplex> {
  const { socket } = taken
  const answered = deferred<{ readonly status: string; readonly rest: Buffer }>()
  let text = Buffer.alloc(0)
  const fail = (cause?: unknown): void =>
    answered.reject(new ImapSyncError('closed', `${side}: the connection was lost`, { side, cause }))
  const stop = listen(taken, (chunk) => {
    text = Buffer.concat([text, chunk])
    const match = new RegExp(`(?:^|\\n)${tag} (OK|NO|BAD)[^\\n]*\\n`, 'i').exec(text.toString('latin1'))
    if (match !== null) {
      socket.pause()
      // What came along behind the line is compressed already.
      const rest = text.subarray(match.index + match[0].length)
      answered.resolve({ status: match[1]?.toUpperCase() ?? '', rest })
    } else if (text.length > maxAnswer)
      answered.reject(new ImapSyncError('limit', `${side}: the answer to COMPRESS has no end`, { side }))
  })
  const timer = setTimeout(
    () => answered.reject(new ImapSyncError('timeout', `${side}: no answer to COMPRESS`, { side })),
    timeoutMs,
  )
  socket.once('error', fail)
  socket.once('close', fail)
  socket.resume()
  try {
    socket.write(`${tag} COMPRESS DEFLATE\r\n`)
    const { status, rest } = await answered.promise
    stop()
    if (status === 'NO') return socket
    if (status === 'OK') return new DeflatedSocket(taken, side, rest)
    throw new ImapSyncError('protocol', `${side}: COMPRESS was not understood`, { side })
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    clearTimeout(timer)
    socket.off('error', fail)
    socket.off('close', fail)
  }
}

/** Hears the socket's bytes, whoever reads it. They are ours: a block is written over when it has been heard. */
function listen({ socket, reader }: TakenSocket, onChunk: (chunk: Buffer) => void): () => void {
  if (reader === undefined) {
    socket.on('data', onChunk)
    return () => socket.off('data', onChunk)
  }
  reader.listen((chunk) => onChunk(Buffer.from(chunk)))
  return () => reader.listen(undefined)
}

/** A socket behind a deflate stream in each direction. */
class DeflatedSocket extends Duplex {
  readonly #socket: Socket
  readonly #deflate = zlib.createDeflateRaw({ level: 6 })
  readonly #inflate = zlib.createInflateRaw()

  /** `rest`: what was read of the compressed stream already. */
  constructor(taken: TakenSocket, side: string, rest: Buffer) {
    super()
    const { socket } = taken
    this.#socket = socket
    this.#deflate.on('data', (chunk: Buffer) => {
      if (!socket.write(chunk)) this.#deflate.pause()
    })
    socket.on('drain', () => this.#deflate.resume())
    const arrived = (chunk: Buffer): void => {
      if (!this.#inflate.write(chunk)) socket.pause()
    }
    listen(taken, arrived)
    this.#inflate.on('drain', () => socket.resume())
    this.#inflate.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) this.#inflate.pause()
    })
    socket.on('end', () => this.#inflate.end())
    this.#inflate.on('end', () => this.push(null))
    this.#inflate.on('error', (cause) => {
      const text = `${side}: the compressed stream is broken`
      this.destroy(new ImapSyncError('closed', text, { side, cause }))
    })
    this.#deflate.on('error', (error) => this.destroy(error))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    if (rest.length > 0) arrived(rest)
    socket.resume()
  }

  override _read(): void {
    this.#inflate.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#deflate.write(chunk)
    this.#flush(done)
  }

  override _writev(
    chunks: readonly { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    for (const { chunk } of chunks) this.#deflate.write(chunk)
    this.#flush(done)
  }

  /** The peer must be able to read all of it; done when it has left for the socket, which holds us back when it is slow. */
  #flush(done: (error?: Error | null) => void): void {
    this.#deflate.flush(zlib.constants.Z_SYNC_FLUSH, () => done())
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end()
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    this.#deflate.destroy()
    this.#inflate.destroy()
    done(error)
  }
}
