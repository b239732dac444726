import { ImapSyncError } from '../errors.ts'
import type { Block } from './blocks.ts'

// Cuts a server's byte stream into responses (RFC 3501 §2.2.2): lines, with literals between their parts. Pure state:
// no socket, no promises. Everything the server can make long has a limit.

/** Receives a literal as it arrives. */
export interface LiteralSink {
  /** Where there is a block, the chunk is valid until this returns, or as long as the block is held. */
  data(chunk: Buffer, block: Block | undefined): void
  end(): void
}

/** A response: text parts (Latin-1, without line ends), with a literal between each two of them. */
export interface RawResponse {
  readonly texts: readonly string[]
  /** `undefined` where the literal went to a sink. */
  readonly literals: readonly (Buffer | undefined)[]
}

export interface ReaderHandler {
  response(response: RawResponse): void
  /** Called when a literal begins; returns a sink to stream it, or undefined to have it in the response. */
  literal(response: RawResponse, size: number): LiteralSink | undefined
}

export interface ReaderLimits {
  /** Text of one response, all parts together. A search over a fragmented folder is the longest honest one. */
  readonly maxTextBytes: number
  /** Literals of one response that are not streamed, all together. */
  readonly maxLiteralBytes: number
  /** Literals in one response. */
  readonly maxLiterals: number
}

const readerLimits: ReaderLimits = {
  maxTextBytes: 16 * 1024 * 1024,
  maxLiteralBytes: 4 * 1024 * 1024,
  maxLiterals: 1000,
}

const lineFeed = 10
const closingBrace = 125
/** More than any message: RFC 3501 numbers end at 2^32, RFC 8474-era servers may say more, we do not believe it. */
const maxLiteralSize = 0xffff_ffff

export class ResponseReader {
  readonly #handler: ReaderHandler
  readonly #limits: ReaderLimits
  #partialLine: Buffer[] = []
  #partialBytes = 0
  #texts: string[] = []
  #literals: (Buffer | undefined)[] = []
  #textBytes = 0
  #literalBytes = 0
  #remaining = 0
  #sink: LiteralSink | undefined

  constructor(handler: ReaderHandler, limits: ReaderLimits = readerLimits) {
    this.#handler = handler
    this.#limits = limits
  }

  /** Takes the next bytes, which lie in `block` if there is one. Throws `ImapSyncError` (`limit`, `protocol`) when the server cannot be followed any more. */
  feed(chunk: Buffer, block?: Block): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#sink !== undefined) at = this.#feedLiteral(this.#sink, chunk, at, block)
      else at = this.#feedLine(chunk, at)
    }
  }

  #feedLiteral(sink: LiteralSink, chunk: Buffer, at: number, block: Block | undefined): number {
    const end = Math.min(chunk.length, at + this.#remaining)
    if (end > at) sink.data(at === 0 && end === chunk.length ? chunk : chunk.subarray(at, end), block)
    this.#remaining -= end - at
    if (this.#remaining === 0) {
      this.#sink = undefined
      sink.end()
    }
    return end
  }

  #feedLine(chunk: Buffer, at: number): number {
    const end = chunk.indexOf(lineFeed, at)
    const length = (end === -1 ? chunk.length : end) - at
    this.#textBytes += length
    if (this.#textBytes > this.#limits.maxTextBytes)
      throw new ImapSyncError(
        'limit',
        `the server sent a line of more than ${this.#limits.maxTextBytes} bytes`,
      )
    if (end === -1) {
      this.#partialLine.push(Buffer.from(chunk.subarray(at)))
      this.#partialBytes += length
      return chunk.length
    }
    this.#endLine(chunk, at, end)
    return end + 1
  }

  #endLine(chunk: Buffer, at: number, end: number): void {
    let line = chunk
    let from = at
    let to = end
    if (this.#partialBytes > 0) {
      line = Buffer.concat([...this.#partialLine, chunk.subarray(at, end)])
      from = 0
      to = line.length
    }
    this.#partialLine = []
    this.#partialBytes = 0
    if (to > from && line[to - 1] === 13) to -= 1
    const text = line.toString('latin1', from, to)
    this.#texts.push(text)
    const size = line[to - 1] === closingBrace ? this.#literalSize(text) : undefined
    if (size === undefined) this.#endResponse()
    else this.#beginLiteral(size)
  }

  /** The announced size when the text ends in a literal. Status lines end in free text and hold none (RFC 3501 §7.1). */
  #literalSize(text: string): number | undefined {
    const match = /~?\{(\d{1,15})\+?\}$/.exec(text.length > 32 ? text.slice(-32) : text)
    if (match === null) return undefined
    if (isStatusLine(this.#texts[0] ?? '')) return undefined
    return Number(match[1])
  }

  #beginLiteral(size: number): void {
    if (size > maxLiteralSize)
      throw new ImapSyncError('limit', `the server announced a literal of ${size} bytes`)
    if (this.#literals.length >= this.#limits.maxLiterals)
      throw new ImapSyncError(
        'limit',
        `the server sent more than ${this.#limits.maxLiterals} literals in one response`,
      )
    const streamed = this.#handler.literal({ texts: this.#texts, literals: this.#literals }, size)
    const sink = streamed ?? this.#buffered(size)
    if (streamed !== undefined) this.#literals.push(undefined)
    this.#remaining = size
    if (size === 0) sink.end()
    else this.#sink = sink
  }

  #buffered(size: number): LiteralSink {
    this.#literalBytes += size
    if (this.#literalBytes > this.#limits.maxLiteralBytes)
      throw new ImapSyncError(
        'limit',
        `the server sent more than ${this.#limits.maxLiteralBytes} bytes of literals in one response`,
      )
    const chunks: Buffer[] = []
    return {
      data: (chunk) => chunks.push(Buffer.from(chunk)),
      end: () => this.#literals.push(Buffer.concat(chunks)),
    }
  }

  #endResponse(): void {
    const response: RawResponse = { texts: this.#texts, literals: this.#literals }
    this.#texts = []
    this.#literals = []
    this.#textBytes = 0
    this.#literalBytes = 0
    this.#handler.response(response)
  }
}

function isStatusLine(text: string): boolean {
  return /^(?:\S+ (?:OK|NO|BAD|BYE|PREAUTH)\b|\+)/i.test(text)
}
