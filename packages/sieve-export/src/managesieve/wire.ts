import type { Socket } from 'node:net'
import { deferred, type Deferred } from './deferred.ts'
import { ManageSieveError } from './errors.ts'
import type { ManageSieveLogger } from './options.ts'
import { firstLine, parseStatus, type Response } from './response.ts'
import { type Line, TokenReader } from './tokens.ts'

export interface Answer {
  readonly response: Response
  /** What the server sent before its status. */
  readonly lines: readonly Line[]
}

export interface WireOptions {
  /** Host and port, for messages and logs. */
  readonly name: string
  readonly commandTimeoutMs: number
  readonly maxScriptBytes: number
  readonly logger: ManageSieveLogger
}

interface Pending {
  readonly verb: string
  readonly answer: Deferred<Answer>
  /** The next byte after the answer belongs to TLS. */
  readonly isLast: boolean
  /** Answers a line of data at once, for SASL (RFC 5804 §2.1): what to send, or undefined to keep the line. */
  readonly reply: ((line: Line) => Buffer | undefined) | undefined
}

export interface CommandOptions {
  readonly isLast?: boolean
  readonly reply?: (line: Line) => Buffer | undefined
}

const maxLineBytes = 64 * 1024
const maxLines = 10_000
const maxTokensPerLine = 200
/** What all lines of one answer may hold beside one script. */
const maxOtherBytes = 4 * 1024 * 1024
const lineEnd = Buffer.from('\r\n')

/**
 * One connection, one command at a time. Whatever makes the state of the two sides doubtful (an answer to nothing, a
 * limit, silence, BYE) ends it for good, and everybody who waits is told why.
 */
export class Wire {
  readonly #options: WireOptions
  readonly #socket: Socket
  readonly #reader: TokenReader
  #pending: Pending | undefined
  #lines: Line[] = []
  #bytes = 0
  #failure: { readonly reason: unknown } | undefined
  /** TLS took the socket over. */
  #isDetached = false
  #queue: Promise<unknown> = Promise.resolve()
  readonly #onData = (chunk: Buffer): void => this.#feed(chunk)
  readonly #onEnd = (): void => this.destroy(this.#closed())
  readonly #onError = (cause: unknown): void => this.destroy(this.#closed(cause))

  constructor(socket: Socket, options: WireOptions) {
    this.#socket = socket
    this.#options = options
    this.#reader = new TokenReader((line) => this.#receive(line), {
      maxLineBytes,
      maxTokensPerLine,
      maxLiteralBytes: options.maxScriptBytes,
    })
    // The greeting may be there before anybody asks for it.
    this.#expect('greeting')
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('close', this.#onEnd)
    socket.on('error', this.#onError)
  }

  get isAlive(): boolean {
    return this.#failure === undefined && !this.#isDetached
  }

  /** What the server sends unasked: the greeting, and the capabilities after STARTTLS. */
  async greeting(): Promise<Answer> {
    const pending = this.#pending ?? this.#expect('greeting')
    return this.#settled(pending)
  }

  /** Sends a command when it is its turn. Resolves with OK or NO. */
  command(verb: string, parts: readonly Buffer[] = [], options: CommandOptions = {}): Promise<Answer> {
    const result = this.#queue.then(() => this.#send(verb, parts, options))
    this.#queue = result.catch(() => {})
    return result
  }

  /** Takes the socket out, for TLS: nothing of it is read here any more. */
  detach(): Socket {
    this.#isDetached = true
    this.#socket.off('data', this.#onData)
    this.#socket.off('end', this.#onEnd)
    this.#socket.off('close', this.#onEnd)
    this.#socket.off('error', this.#onError)
    return this.#socket
  }

  /** Ends the connection at once; whatever waits rejects with `reason`. Never waits for the server. */
  destroy(reason: unknown = this.#closed()): void {
    if (this.#failure !== undefined) return
    this.#failure = { reason }
    this.#socket.destroy()
    this.#pending?.answer.reject(reason)
    this.#pending = undefined
  }

  async #send(verb: string, parts: readonly Buffer[], options: CommandOptions): Promise<Answer> {
    if (this.#failure !== undefined) throw this.#failure.reason
    if (this.#isDetached) throw this.#closed()
    this.#options.logger.debug({ server: this.#options.name, verb }, 'command')
    const pending = this.#expect(verb, options)
    const blank = Buffer.from(' ')
    this.#socket.write(Buffer.concat([Buffer.from(verb), ...parts.flatMap((part) => [blank, part]), lineEnd]))
    return this.#settled(pending)
  }

  #expect(verb: string, { isLast = false, reply }: CommandOptions = {}): Pending {
    const pending: Pending = { verb, answer: deferred<Answer>(), isLast, reply }
    this.#pending = pending
    this.#lines = []
    this.#bytes = 0
    return pending
  }

  async #settled({ verb, answer }: Pending): Promise<Answer> {
    if (this.#failure !== undefined) throw this.#failure.reason
    const { commandTimeoutMs, name } = this.#options
    const timer = setTimeout(() => {
      const seconds = Math.round(commandTimeoutMs / 1000)
      this.destroy(
        new ManageSieveError('timeout', `${name} did not answer ${verb} within ${seconds} s`, {
          command: verb,
        }),
      )
    }, commandTimeoutMs)
    try {
      return await answer.promise
    } finally {
      clearTimeout(timer)
    }
  }

  #feed(chunk: Buffer): void {
    try {
      this.#bytes += chunk.length
      if (this.#bytes > this.#options.maxScriptBytes + maxOtherBytes)
        throw new ManageSieveError('limit', 'the server sent more than any answer needs')
      this.#reader.feed(chunk)
      // Only what comes after the answer to STARTTLS gets here with the socket given away.
      if (this.#isDetached && !this.#reader.isBetweenLines) throw injected()
    } catch (error) {
      this.#socket.destroy()
      this.destroy(error)
    }
  }

  #receive(line: Line): void {
    if (this.#isDetached) throw injected()
    if (this.#failure !== undefined) return
    const status = parseStatus(line)
    if (status?.status === 'BYE') throw this.#goodbye(status)
    const pending = this.#pending
    if (pending === undefined)
      throw new ManageSieveError('protocol', 'the server answered something that nobody asked')
    if (status === undefined) return this.#keep(line, pending)
    this.#pending = undefined
    if (pending.isLast && status.status === 'OK') this.detach().pause()
    const lines = this.#lines
    this.#lines = []
    // After this chunk was read to its end: what else is in it may make the answer worthless.
    queueMicrotask(() => {
      if (this.#failure === undefined) pending.answer.resolve({ response: status, lines })
      else pending.answer.reject(this.#failure.reason)
    })
  }

  #keep(line: Line, { reply }: Pending): void {
    const answer = reply?.(line)
    if (answer !== undefined) {
      this.#socket.write(Buffer.concat([answer, lineEnd]))
      return
    }
    this.#lines.push(line)
    if (this.#lines.length > maxLines)
      throw new ManageSieveError('limit', `the server sent more than ${maxLines} lines in one answer`)
  }

  #goodbye({ code, text }: Response): ManageSieveError {
    const referral = code?.name === 'REFERRAL' ? code.arguments[0] : undefined
    const details = {
      ...(this.#pending === undefined ? {} : { command: this.#pending.verb }),
      ...(code === undefined ? {} : { responseCode: code.name }),
      serverText: text,
      ...(referral === undefined ? {} : { referral }),
    }
    const { name } = this.#options
    return referral === undefined
      ? new ManageSieveError('bye', `${name} ended the session: ${firstLine(text)}`, details)
      : new ManageSieveError('referral', `${name} refers to another server: ${firstLine(referral)}`, details)
  }

  #closed(cause?: unknown): ManageSieveError {
    const verb = this.#pending?.verb
    return new ManageSieveError('closed', `the connection to ${this.#options.name} was lost`, {
      ...(verb === undefined ? {} : { command: verb }),
      ...(cause === undefined ? {} : { cause }),
    })
  }
}

function injected(): ManageSieveError {
  // RFC 5804 §2.2, CVE-2011-0411: what was said in the clear must not be taken for what is said under TLS.
  return new ManageSieveError('protocol', 'the server, or somebody in between, sent more before TLS began')
}
