import { connect, type Socket } from 'node:net'
import { OldServerError } from '../errors.ts'

/** Where an SMTP server listens. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
}

/** One answer (RFC 5321 §4.2): its code, and its lines joined by blanks, printable. */
export interface SmtpReply {
  readonly code: number
  readonly text: string
}

export interface SmtpSessionOptions {
  readonly signal?: AbortSignal | undefined
  /** For each answer; RFC 5321 §4.5.3.2 asks for five minutes, postscreen takes up to six seconds. Default 30,000 ms. */
  readonly timeoutMs?: number
}

/** No honest answer is longer; RFC 5321 §4.5.3.1.5 has 512 octets a line. */
const MAX_REPLY = 64 * 1024

/** A plain dialogue, without TLS and without a message: enough to ask whether an address is accepted. */
export class SmtpSession implements AsyncDisposable {
  readonly #socket: Socket
  readonly #lines: AsyncIterator<string>
  readonly #server: SmtpServer
  readonly #timeoutMs: number
  readonly #signal: AbortSignal | undefined

  private constructor(socket: Socket, server: SmtpServer, options: SmtpSessionOptions) {
    this.#socket = socket
    this.#server = server
    this.#timeoutMs = options.timeoutMs ?? 30_000
    this.#signal = options.signal
    this.#lines = linesOf(socket)
  }

  /**
   * Connects, reads the greeting and says EHLO.
   * @throws {OldServerError} `smtp_unreachable`
   */
  static async open(server: SmtpServer, options: SmtpSessionOptions = {}): Promise<SmtpSession> {
    options.signal?.throwIfAborted()
    const socket = connect({ host: server.host, port: server.port })
    const session = new SmtpSession(socket, server, options)
    // Errors are told by whoever waits for an answer; without a listener they would end the process.
    socket.on('error', () => undefined)
    try {
      await session.#expect(220, await session.#reply())
      await session.#expect(250, await session.command('EHLO [127.0.0.1]'))
      return session
    } catch (error) {
      socket.destroy()
      throw error
    }
  }

  async command(line: string): Promise<SmtpReply> {
    this.#socket.write(`${line}\r\n`, 'latin1')
    return this.#reply()
  }

  /** Says QUIT and reads what is left: a socket with unread bytes never closes by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#socket.destroyed && this.#socket.writable) this.#socket.end('QUIT\r\n')
    const late = setTimeout(() => this.#socket.destroy(), 1000)
    try {
      while ((await this.#lines.next()).done !== true);
    } catch {
      // It is over, one way or another.
    } finally {
      clearTimeout(late)
      this.#socket.destroy()
    }
  }

  async #expect(code: number, reply: SmtpReply): Promise<void> {
    if (reply.code !== code) throw this.#failure(`it says ${reply.code} ${reply.text}`)
  }

  async #reply(): Promise<SmtpReply> {
    const texts: string[] = []
    let size = 0
    for (;;) {
      const line = await this.#line()
      size += line.length
      const match = /^(?<code>[2-5]\d\d)(?<more>[ -]?)(?<text>.*)$/.exec(line)
      if (match === null || size > MAX_REPLY) throw this.#failure('its answer is not SMTP')
      texts.push((match.groups?.['text'] ?? '').replaceAll(/[^\u0020-\u007e]/g, '?'))
      if (match.groups?.['more'] !== '-')
        return { code: Number(match.groups?.['code']), text: texts.join(' ').slice(0, 500) }
    }
  }

  async #line(): Promise<string> {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    const ended = this.#signal === undefined ? timeout : AbortSignal.any([this.#signal, timeout])
    const stop = (): void => void this.#socket.destroy(new Error('no answer in time'))
    ended.addEventListener('abort', stop, { once: true })
    try {
      const next = await this.#lines.next()
      if (next.done !== true) return next.value
      throw this.#failure('it closed the connection')
    } catch (error) {
      this.#signal?.throwIfAborted()
      if (error instanceof OldServerError) throw error
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer in time'
      throw this.#failure(code, error)
    } finally {
      ended.removeEventListener('abort', stop)
    }
  }

  #failure(reason: string, cause?: unknown): OldServerError {
    const { host, port } = this.#server
    return new OldServerError('smtp_unreachable', `SMTP at ${host}:${port} cannot be asked: ${reason}`, {
      cause,
    })
  }
}

async function* linesOf(socket: Socket): AsyncGenerator<string, void, undefined> {
  let rest = ''
  for await (const chunk of socket.setEncoding('latin1')) {
    rest += String(chunk)
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MAX_REPLY) return
    for (const line of lines) yield line.replace(/\r$/, '')
  }
}
