import { deferred, type Deferred } from '../deferred.ts'
import { ImapSyncError } from '../errors.ts'
import type { Block } from '../wire/blocks.ts'
import type { LiteralSink } from '../wire/response-reader.ts'
import type { Session } from '../wire/session.ts'

/** A message's content on its way. A chunk of it is valid until the next chunk, or the next body, is asked for. */
export type FetchedBody =
  | {
      readonly kind: 'whole'
      readonly uid: number
      readonly size: number
      readonly chunks: readonly Buffer[]
    }
  | {
      readonly kind: 'stream'
      readonly uid: number
      readonly size: number
      /** Read it to the end before the next body is asked for. */
      readonly chunks: AsyncIterable<Buffer>
    }
  /** The server answered, but with nothing: the message exists and cannot be read. */
  | { readonly kind: 'unreadable'; readonly uid: number }

/** What may wait here before the socket is left alone, and when it is read again. */
const pauseAbove = 1024 * 1024
const resumeBelow = 256 * 1024
/** A message whose UID the server tells afterwards has to be kept whole: no further than this. */
const maxKept = 64 * 1024 * 1024

/** Bytes of a body that wait here, and the blocks they lie in. */
interface Held {
  readonly chunks: Buffer[]
  readonly blocks: Block[]
}

/** Bodies between a socket that pushes and a reader that pulls, bounded by bytes. */
export class BodyQueue implements AsyncIterable<FetchedBody> {
  readonly #session: Session
  readonly #bodies: { readonly body: FetchedBody; readonly held?: Held }[] = []
  #waiting: Deferred<void> | undefined
  #bytes = 0
  #paused = false
  #ended = false
  #failure: { readonly error: unknown } | undefined

  constructor(session: Session) {
    this.#session = session
  }

  add(body: FetchedBody, held?: Held): void {
    this.#bodies.push(held === undefined ? { body } : { body, held })
    this.#wake()
  }

  end(): void {
    this.#ended = true
    this.#wake()
  }

  fail(error: unknown): void {
    this.#failure = { error }
    this.#wake()
  }

  /** A sink that collects a literal and hands it over; what it hands over is to be added. */
  keep(size: number, done: (held: Held) => void): LiteralSink {
    if (size > maxKept) throw new ImapSyncError('limit', `a message of ${size} bytes came without its UID`)
    const held: Held = { chunks: [], blocks: [] }
    return {
      data: (chunk, block) => {
        this.#hold(held, chunk, block)
      },
      end: () => done(held),
    }
  }

  discard(): LiteralSink {
    return { data: () => {}, end: () => {} }
  }

  /** A sink that hands a literal out while it arrives. */
  stream(uid: number, size: number): LiteralSink {
    const held: Held = { chunks: [], blocks: [] }
    let complete = false
    const read = async function* (this: BodyQueue): AsyncGenerator<Buffer> {
      for (;;) {
        const chunk = held.chunks.shift()
        const block = held.blocks.shift()
        if (chunk !== undefined) {
          try {
            yield chunk
          } finally {
            this.#taken(chunk.length)
            block?.release()
          }
        } else if (complete) return
        else await this.#more()
      }
    }
    this.add({ kind: 'stream', uid, size, chunks: read.call(this) })
    return {
      data: (chunk, block) => {
        this.#hold(held, chunk, block)
        this.#wake()
      },
      end: () => {
        complete = true
        this.#wake()
      },
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FetchedBody> {
    for (;;) {
      const next = this.#bodies.shift()
      if (next !== undefined) {
        const { body, held } = next
        try {
          yield body
        } finally {
          if (body.kind === 'whole') this.#taken(body.size)
          for (const block of held?.blocks ?? []) block.release()
        }
      } else if (this.#ended) return
      else await this.#more()
    }
  }

  /** Keeps a chunk, and the block it lies in. */
  #hold({ chunks, blocks }: Held, chunk: Buffer, block: Block | undefined): void {
    chunks.push(chunk)
    if (block !== undefined) {
      block.hold()
      blocks.push(block)
    }
    this.#arrived(chunk.length)
  }

  /** Waits until something has arrived; rejects when nothing will. */
  async #more(): Promise<void> {
    this.#rethrow()
    if (this.#paused) this.#resume()
    this.#waiting ??= deferred<void>()
    await this.#waiting.promise
  }

  #rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  #wake(): void {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }

  #arrived(bytes: number): void {
    this.#bytes += bytes
    // While the reader waits for the end of what is arriving, pausing would make both wait for ever.
    if (this.#paused || this.#bytes <= pauseAbove || this.#waiting !== undefined) return
    this.#paused = true
    this.#session.pauseReading()
  }

  #taken(bytes: number): void {
    this.#bytes -= bytes
    if (this.#paused && this.#bytes < resumeBelow) this.#resume()
  }

  #resume(): void {
    this.#paused = false
    this.#session.resumeReading()
  }
}
