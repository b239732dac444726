import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Endpoint } from '../src/index.ts'

/** The answer to one command: its status, the text behind it, and the untagged lines without `* `. */
export interface RawAnswer {
  readonly status: string
  readonly text: string
  readonly untagged: readonly string[]
}

/** IMAP without any library in between, to see what a server really says. Lines are Latin-1; literals stay in the line. */
export class RawImap implements AsyncDisposable {
  readonly greeting: string
  readonly #socket: Socket
  readonly #lines: AsyncIterator<string>
  #commands = 0

  private constructor(socket: Socket, lines: AsyncIterator<string>, greeting: string) {
    this.#socket = socket
    this.#lines = lines
    this.greeting = greeting
  }

  static async connect(server: Endpoint): Promise<RawImap> {
    const socket = connect(server)
    const lines = logicalLines(socket)
    return new RawImap(socket, lines, (await lines.next()).value ?? '')
  }

  static async login(server: Endpoint, user: string, password: string): Promise<RawImap> {
    const imap = await RawImap.connect(server)
    const answer = await imap.command(`LOGIN ${quoted(user)} ${quoted(password)}`)
    if (answer.status !== 'OK') throw new Error(`LOGIN: ${answer.status} ${answer.text}`)
    return imap
  }

  /** Sends a command; parts after the first are literals, each followed by nothing. Status `EOF`: the server hung up. */
  async command(line: string, literal?: Buffer): Promise<RawAnswer> {
    const tag = this.send(line, literal)
    const untagged: string[] = []
    for (;;) {
      const next = await this.#lines.next()
      if (next.done === true) return { status: 'EOF', text: '', untagged }
      if (next.value.startsWith(`${tag} `)) {
        const [, status = '', text = ''] = /^\S+ (\S+) ?(.*)$/s.exec(next.value) ?? []
        return { status, text: text.replace(/ \([\d. +]+secs\)\.$/, ''), untagged }
      }
      untagged.push(next.value.replace(/^\* /, ''))
    }
  }

  /** Sends and does not wait. Returns the tag. */
  send(line: string, literal?: Buffer): string {
    this.#commands += 1
    const tag = `t${this.#commands}`
    if (literal === undefined) this.#socket.write(`${tag} ${line}\r\n`)
    else
      this.#socket.write(
        Buffer.concat([Buffer.from(`${tag} ${line} {${literal.length}+}\r\n`), literal, Buffer.from('\r\n')]),
      )
    return tag
  }

  /** The next line from the server; undefined when it hung up. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next()
    return next.done === true ? undefined : next.value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`
}

async function* logicalLines(socket: Socket): AsyncGenerator<string, undefined> {
  let text = ''
  let line = ''
  try {
    for await (const chunk of socket) {
      if (Buffer.isBuffer(chunk)) text += chunk.toString('latin1')
      for (;;) {
        const end = text.indexOf('\r\n')
        if (end === -1) break
        const literal = Number(/\{(\d+)\}$/.exec(text.slice(0, end))?.[1] ?? -1)
        if (literal >= 0) {
          if (text.length < end + 2 + literal) break
          line += text.slice(0, end + 2 + literal)
          text = text.slice(end + 2 + literal)
          continue
        }
        yield line + text.slice(0, end)
        line = ''
        text = text.slice(end + 2)
      }
    }
  } catch {
    // The connection was cut: no more lines.
  }
  return undefined
}
