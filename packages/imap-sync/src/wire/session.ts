import type { Duplex } from 'node:stream'
import { deferred, type Deferred } from '../deferred.ts'
import { ImapSyncError, isImapSyncError } from '../errors.ts'
import { silent, type Logger } from '../logger.ts'
import type { Block, BlockReader } from './blocks.ts'
import { checkPermission, type Command, type Permission } from './command.ts'
import { ResponseReader, type LiteralSink, type RawResponse } from './response-reader.ts'
import { parseStatusLine, serverText, type StatusLine } from './status-line.ts'

/** How a command ended. BAD never gets here: it destroys the session. */
export interface CommandResult {
  readonly status: 'OK' | 'NO'
  readonly code?: string
  readonly codeArguments?: string
  /** The server's text, printable and bounded. */
  readonly text: string
}

export interface CommandHandlers {
  /** Untagged responses that arrive while this command is the oldest one without an answer. */
  readonly untagged?: (response: RawResponse) => void
  /** A literal in such a response: return a sink to stream it. */
  readonly literal?: (response: RawResponse, size: number) => LiteralSink | undefined
}

export interface SessionOptions {
  readonly side: string
  readonly permission: Permission
  /** Longest time without progress while an answer is awaited. */
  readonly idleMs: number
  readonly capabilities: ReadonlySet<string>
  readonly logger?: Logger
  /** What reads the stream, where its bytes do not come as `data` events. */
  readonly reader?: BlockReader
}

interface Pending extends CommandHandlers {
  readonly tag: string
  readonly verb: string
  readonly answer: Deferred<CommandResult>
}

/**
 * One authenticated IMAP session on a socket that is all ours. Commands are pipelined: each resolves with its own tagged
 * answer. Whatever makes the state of the two sides doubtful (BAD, an answer to nothing, a limit, silence) destroys
 * the session for good, and every command that waits rejects with the reason.
 */
export class Session {
  readonly capabilities: ReadonlySet<string>
  readonly side: string
  readonly #stream: Duplex
  readonly #reader: ResponseReader
  readonly #logger: Logger
  readonly #idleMs: number
  readonly #watchdog: NodeJS.Timeout
  #permission: Permission
  #pending: Pending[] = []
  /** At most one: writing is serialized, and whoever waits for a go-ahead holds the pen. */
  #goAhead: { readonly tag: string; readonly given: Deferred<void> } | undefined
  #writing: Promise<unknown> = Promise.resolve()
  /** What is being written; at most one piece, for the same reason. */
  #written: Deferred<void> | undefined
  #gathered: Buffer | undefined
  #nextTag = 1
  #progressAt = Date.now()
  #readPauses = 0
  #failure: unknown
  #commands = 0

  constructor(stream: Duplex, options: SessionOptions) {
    this.capabilities = options.capabilities
    this.side = options.side
    this.#stream = stream
    this.#logger = options.logger ?? silent
    this.#idleMs = options.idleMs
    this.#permission = options.permission
    this.#reader = new ResponseReader({
      response: (response) => this.#receive(response),
      literal: (response, size) => this.#pending[0]?.literal?.(response, size),
    })
    if (options.reader === undefined) stream.on('data', (chunk: Buffer) => this.#feed(chunk))
    else options.reader.listen((chunk, block) => this.#feed(chunk, block))
    stream.on('end', () => this.destroy(this.#closed()))
    stream.on('close', () => this.destroy(this.#closed()))
    stream.on('error', (cause) => this.destroy(this.#closed(cause)))
    stream.resume()
    this.#watchdog = setInterval(() => this.#watch(), Math.max(100, Math.min(options.idleMs / 4, 10_000)))
    this.#watchdog.unref()
  }

  /** Commands sent so far. */
  get commandCount(): number {
    return this.#commands
  }

  /** No command awaits its answer. */
  get idle(): boolean {
    return this.#pending.length === 0
  }

  get alive(): boolean {
    return this.#failure === undefined
  }

  /** Takes permissions away; they never come back. */
  restrict(permission: Permission): void {
    const order: readonly Permission[] = ['readOnly', 'additive', 'mirror']
    if (order.indexOf(permission) < order.indexOf(this.#permission)) this.#permission = permission
  }

  /** Sends a command; resolves with OK or NO. Rejects with `ImapSyncError` when the session is lost. */
  async run(command: Command, handlers: CommandHandlers = {}): Promise<CommandResult> {
    const { promise } = await this.#serialize(() => this.#send(command, handlers))
    return promise
  }

  /** Like `run`, but NO rejects too, as `ImapSyncError` with code `refused`. */
  async must(command: Command, handlers: CommandHandlers = {}): Promise<CommandResult> {
    const result = await this.run(command, handlers)
    if (result.status === 'NO') throw this.refusal(command.verb, result)
    return result
  }

  /**
   * Gives a writer the session for one command that is written piece by piece; others wait. `write` must end the
   * command with its line end. Resolves when all is written, with the promise of the answer.
   */
  async stream(
    command: Command,
    write: (out: CommandWriter) => Promise<void>,
  ): Promise<{ readonly answer: Promise<CommandResult> }> {
    return this.#serialize(async () => {
      checkPermission(command, this.#permission)
      const pending = this.#begin(command.verb, {})
      try {
        await this.#writeParts(pending.tag, command)
        await write(this.#writer(pending.tag))
      } catch (error) {
        if (error instanceof LiteralRefused) return { answer: pending.promise }
        // A command that is only half on the wire leaves the server waiting for the rest: this session is over.
        this.destroy(error)
        throw error
      }
      return { answer: pending.promise }
    })
  }

  refusal(verb: string, result: CommandResult): ImapSyncError {
    const { code } = result
    const backOff = code !== undefined && ['LIMIT', 'INUSE', 'UNAVAILABLE', 'SERVERBUG'].includes(code)
    return new ImapSyncError('refused', `${this.side}: ${verb} was refused: ${result.text}`, {
      side: this.side,
      command: verb,
      retryable: backOff,
      ...(code === undefined ? {} : { responseCode: code }),
    })
  }

  /** Stops reading (calls nest): the peer then waits for us, and its silence is no fault. */
  pauseReading(): void {
    this.#readPauses += 1
    if (this.#readPauses === 1) this.#stream.pause()
  }

  resumeReading(): void {
    this.#readPauses -= 1
    this.#progressAt = Date.now()
    if (this.#readPauses === 0) this.#stream.resume()
  }

  /** Ends the session at once; whatever waits rejects with `reason`. Never waits for the server. */
  destroy(reason: unknown = this.#closed()): void {
    if (this.#failure !== undefined) return
    this.#failure = reason
    clearInterval(this.#watchdog)
    this.#stream.destroy()
    for (const pending of this.#pending.splice(0)) pending.answer.reject(reason)
    this.#goAhead?.given.reject(reason)
    this.#goAhead = undefined
    // A stream that is destroyed need not say what became of what it was writing.
    this.#written?.resolve()
  }

  #serialize<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(task)
    this.#writing = result.catch(() => {})
    return result
  }

  /** Wrapped in an object, so that awaiting the write does not await the answer. */
  async #send(
    command: Command,
    handlers: CommandHandlers,
  ): Promise<{ readonly promise: Promise<CommandResult> }> {
    checkPermission(command, this.#permission)
    const pending = this.#begin(command.verb, handlers)
    try {
      await this.#writeParts(pending.tag, command)
      await this.#writer(pending.tag).write('\r\n')
    } catch (error) {
      if (!(error instanceof LiteralRefused)) throw error
    }
    return { promise: pending.promise }
  }

  async #writeParts(tag: string, { verb, parts }: Command): Promise<void> {
    const out = this.#writer(tag)
    let text = `${tag} ${verb}`
    for (const part of parts) {
      if (typeof part === 'string') {
        text += ` ${part}`
        continue
      }
      // Arguments are short: a synchronising literal is never a danger and rarely needed.
      await out.synchronize(`${text} {${part.literal.length}}\r\n`)
      await out.write(part.literal)
      text = ''
    }
    await out.write(text)
  }

  #begin(
    verb: string,
    handlers: CommandHandlers,
  ): { readonly tag: string; readonly promise: Promise<CommandResult> } {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#pending.length === 0) this.#progressAt = Date.now()
    const tag = `m${this.#nextTag}`
    this.#nextTag += 1
    this.#commands += 1
    const answer = deferred<CommandResult>()
    this.#pending.push({ tag, verb, answer, ...handlers })
    this.#logger.debug({ side: this.side, tag, verb }, 'command')
    return { tag, promise: answer.promise }
  }

  #writer(tag: string): CommandWriter {
    return {
      gather: this.#gather,
      write: async (...parts) => {
        if (this.#failure !== undefined) throw this.#failure
        const some = parts.filter((part) => part.length > 0)
        const last = some.pop()
        if (last === undefined) return
        const written = deferred<void>()
        this.#written = written
        // Corked, several pieces are one system call.
        if (some.length > 0) this.#stream.cork()
        for (const part of some) this.#stream.write(part)
        this.#stream.write(last, () => written.resolve())
        if (some.length > 0) this.#stream.uncork()
        await written.promise
        this.#progressAt = Date.now()
        if (this.#failure !== undefined) throw this.#failure
      },
      synchronize: async (data) => {
        if (this.#failure !== undefined) throw this.#failure
        const given = deferred<void>()
        this.#goAhead = { tag, given }
        this.#stream.write(data)
        await given.promise
      },
    }
  }

  /** Made when first wanted: sessions that only read need none. */
  get #gather(): Buffer {
    this.#gathered ??= Buffer.allocUnsafeSlow(gatherBytes)
    return this.#gathered
  }

  #feed(chunk: Buffer, block?: Block): void {
    this.#progressAt = Date.now()
    try {
      this.#reader.feed(chunk, block)
    } catch (error) {
      this.destroy(this.#ofThisSide(error))
    }
  }

  /** What the parsers throw does not know which server it is about. */
  #ofThisSide(error: unknown): unknown {
    if (!isImapSyncError(error) || error.side !== undefined) return error
    const { code, message, retryable, cause } = error
    return new ImapSyncError(code, `${this.side}: ${message}`, { side: this.side, retryable, cause })
  }

  #receive(response: RawResponse): void {
    const first = response.texts[0] ?? ''
    if (first.startsWith('* ')) this.#receiveUntagged(response, first)
    else if (first.startsWith('+')) {
      this.#goAhead?.given.resolve()
      this.#goAhead = undefined
    } else this.#receiveTagged(first)
  }

  #receiveUntagged(response: RawResponse, first: string): void {
    if (/^\* BYE\b/i.test(first)) {
      const bye = parseStatusLine(first.slice(2))
      this.#logger.info({ side: this.side, text: serverText(bye?.text ?? '') }, 'the server says goodbye')
    }
    this.#pending[0]?.untagged?.(response)
  }

  #receiveTagged(first: string): void {
    const blank = first.indexOf(' ')
    const index = this.#pending.findIndex((pending) => pending.tag === first.slice(0, blank))
    const pending = this.#pending[index]
    const status = parseStatusLine(first.slice(blank + 1))
    if (pending === undefined || status === undefined)
      throw new ImapSyncError('protocol', 'the server answered something nobody asked')
    this.#pending.splice(index, 1)
    this.#finish(pending, status)
  }

  #finish(pending: Pending, { status, code, codeArguments, text }: StatusLine): void {
    const said = serverText(text)
    if (status !== 'OK' && status !== 'NO') {
      // After BAD the server may be reading what we sent as data as if it were commands: nothing more goes out here.
      const error = new ImapSyncError(
        'protocol',
        `${this.side}: ${pending.verb} was not understood: ${said}`,
        {
          side: this.side,
          command: pending.verb,
        },
      )
      pending.answer.reject(error)
      this.destroy(
        new ImapSyncError('closed', `${this.side}: closed after ${pending.verb} was not understood`, {
          side: this.side,
          cause: error,
        }),
      )
      return
    }
    if (this.#goAhead?.tag === pending.tag) {
      this.#goAhead.given.reject(new LiteralRefused())
      this.#goAhead = undefined
    }
    pending.answer.resolve({
      status,
      text: said,
      ...(code === undefined ? {} : { code }),
      ...(codeArguments === undefined ? {} : { codeArguments }),
    })
  }

  #watch(): void {
    const awaited = this.#pending.length > 0 && this.#readPauses === 0
    if (!awaited || Date.now() - this.#progressAt < this.#idleMs) return
    const seconds = Math.round(this.#idleMs / 1000)
    this.destroy(
      new ImapSyncError('timeout', `${this.side}: the server was silent for ${seconds} s`, {
        side: this.side,
      }),
    )
  }

  #closed(cause?: unknown): ImapSyncError {
    return new ImapSyncError('closed', `${this.side}: the connection was lost`, { side: this.side, cause })
  }
}

/** The server refused a synchronising literal with NO; the answer itself is with the command. */
class LiteralRefused extends Error {
  override readonly name = 'LiteralRefused'
}

/** Small enough to be in the processor's cache, large enough for few system calls. */
const gatherBytes = 64 * 1024

export interface CommandWriter {
  /** Where small pieces may be put together; free again when what was written from it is written. */
  readonly gather: Buffer
  /** Writes, and waits until the operating system has taken it: while the peer is slower than we are, and no longer. */
  write(...parts: readonly (string | Buffer)[]): Promise<void>
  /** Writes, and waits for the server's go-ahead. Rejects with `LiteralRefused` when it says NO instead. */
  synchronize(data: string): Promise<void>
}
