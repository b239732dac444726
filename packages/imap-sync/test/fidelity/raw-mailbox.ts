import { connect, type Socket } from 'node:net'

// A second opinion: IMAP by hand, with none of the code that copies and none of any library, to see what really lies
// on a server.

export interface RawMessage {
  readonly uid: number
  /** As the server writes them, without `\Recent`, sorted. */
  readonly flags: readonly string[]
  /** Seconds since the epoch. */
  readonly date: number
  readonly bytes: Buffer
}

export interface RawFolder {
  /** As on the wire. */
  readonly name: string
  readonly separator: string | undefined
  readonly attributes: readonly string[]
}

interface Answer {
  readonly status: string
  readonly text: string
  readonly untagged: readonly Line[]
}

/** A line in Latin-1 in which each literal stands as its number: `BODY[] {0}`. */
interface Line {
  readonly text: string
  readonly literals: readonly Buffer[]
}

export class RawMailbox implements AsyncDisposable {
  readonly #socket: Socket
  readonly #source: ByteSource
  #commands = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#source = new ByteSource(socket)
  }

  static async open(
    server: { readonly host: string; readonly port: number },
    login: { readonly user: string; readonly password: string },
  ): Promise<RawMailbox> {
    const mailbox = new RawMailbox(connect({ host: server.host, port: server.port }))
    await mailbox.#line()
    await mailbox.ok(`LOGIN ${quoted(login.user)} ${quoted(login.password)}`)
    return mailbox
  }

  /** Sends a command and rejects unless it is answered OK. */
  async ok(command: string): Promise<readonly Line[]> {
    const { status, text, untagged } = await this.command(command)
    if (status !== 'OK') throw new Error(`${command.slice(0, 80)}: ${status} ${text}`)
    return untagged
  }

  async command(command: string): Promise<Answer> {
    const tag = this.#tag()
    this.#socket.write(Buffer.from(`${tag} ${command}\r\n`, 'latin1'))
    return this.#answer(tag)
  }

  /** Appends with a synchronising literal; resolves with the server's answer, whatever it is. */
  async append(
    folder: string,
    message: { readonly bytes: Buffer; readonly flags?: readonly string[]; readonly date?: string },
  ): Promise<Answer> {
    const tag = this.#tag()
    const { bytes, flags = [], date } = message
    const when = date === undefined ? '' : ` ${quoted(date)}`
    this.#socket.write(
      Buffer.from(
        `${tag} APPEND ${quoted(folder)} (${flags.join(' ')})${when} {${bytes.length}}\r\n`,
        'latin1',
      ),
    )
    const untagged: Line[] = []
    for (;;) {
      const line = await this.#line()
      if (line.text.startsWith('+')) break
      if (line.text.startsWith(`${tag} `)) return toAnswer(line, tag, untagged)
      untagged.push(line)
    }
    this.#socket.write(bytes)
    this.#socket.write('\r\n')
    return this.#answer(tag)
  }

  async folders(): Promise<readonly RawFolder[]> {
    return toFolders(await this.ok('LIST "" "*"'), 'LIST')
  }

  /** Names of subscribed folders, sorted. */
  async subscribed(): Promise<readonly string[]> {
    return toFolders(await this.ok('LSUB "" "*"'), 'LSUB')
      .map(({ name }) => name)
      .toSorted()
  }

  /** Everything in a folder, by UID. */
  async messages(folder: string): Promise<readonly RawMessage[]> {
    await this.ok(`EXAMINE ${quoted(folder)}`)
    const untagged = await this.ok('UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])')
    return untagged
      .filter(({ text }) => /^\* \d+ FETCH \(.*BODY\[\]/s.test(text))
      .map(toMessage)
      .toSorted((a, b) => a.uid - b.uid)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }

  #tag(): string {
    this.#commands += 1
    return `raw${this.#commands}`
  }

  async #answer(tag: string): Promise<Answer> {
    const untagged: Line[] = []
    for (;;) {
      const line = await this.#line()
      if (line.text.startsWith(`${tag} `)) return toAnswer(line, tag, untagged)
      untagged.push(line)
    }
  }

  async #line(): Promise<Line> {
    const literals: Buffer[] = []
    let text = ''
    for (;;) {
      const part = (await this.#source.line()).toString('latin1')
      const size = /~?\{(\d+)\}$/.exec(part)
      if (size === null) return { text: text + part, literals }
      text += `${part.slice(0, size.index)}{${literals.length}}`
      literals.push(await this.#source.bytes(Number(size[1])))
    }
  }
}

/** Bytes of a socket, in the pieces that one asks for. */
class ByteSource {
  readonly #chunks: AsyncIterator<unknown>
  #buffer: Buffer = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.#chunks = socket[Symbol.asyncIterator]()
  }

  /** Up to the next line end, which is taken off. */
  async line(): Promise<Buffer> {
    for (;;) {
      const end = this.#buffer.indexOf('\r\n')
      if (end !== -1) {
        const line = this.#buffer.subarray(0, end)
        this.#buffer = this.#buffer.subarray(end + 2)
        return line
      }
      this.#buffer = Buffer.concat([this.#buffer, await this.#more()])
    }
  }

  async bytes(count: number): Promise<Buffer> {
    const parts = [this.#buffer]
    let have = this.#buffer.length
    while (have < count) {
      const chunk = await this.#more()
      parts.push(chunk)
      have += chunk.length
    }
    const all = Buffer.concat(parts)
    this.#buffer = all.subarray(count)
    return all.subarray(0, count)
  }

  async #more(): Promise<Buffer> {
    const next = await this.#chunks.next()
    if (next.done === true || !Buffer.isBuffer(next.value)) throw new Error('the server hung up')
    return next.value
  }
}

export function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`
}

function toAnswer(line: Line, tag: string, untagged: readonly Line[]): Answer {
  const [, status = '', text = ''] = /^(\S+) ?(.*)$/s.exec(line.text.slice(tag.length + 1)) ?? []
  return { status, text, untagged }
}

function toFolders(untagged: readonly Line[], kind: 'LIST' | 'LSUB'): readonly RawFolder[] {
  const pattern = new RegExp(String.raw`^\* ${kind} \(([^)]*)\) (NIL|"(?:\\.|[^"])*") (.*)$`, 's')
  return untagged.flatMap(({ text, literals }) => {
    const [, attributes, separator = 'NIL', name] = pattern.exec(text) ?? []
    if (attributes === undefined || name === undefined) return []
    return [
      {
        name: toString(name, literals),
        separator: separator === 'NIL' ? undefined : toString(separator, literals),
        attributes: attributes.split(' ').filter((attribute) => attribute !== ''),
      },
    ]
  })
}

function toString(text: string, literals: readonly Buffer[]): string {
  const literal = /^\{(\d+)\}$/.exec(text)
  if (literal !== null) return literals[Number(literal[1])]?.toString('latin1') ?? ''
  return text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\(.)/gs, '$1') : text
}

function toMessage({ text, literals }: Line): RawMessage {
  const body = /BODY\[\] (?:\{(\d+)\}|(""|NIL))/.exec(text)
  const bytes = body?.[1] === undefined ? Buffer.alloc(0) : literals[Number(body[1])]
  const uid = Number(/[( ]UID (\d+)/.exec(text)?.[1])
  const flags = /[( ]FLAGS \(([^)]*)\)/.exec(text)?.[1]
  const date = /INTERNALDATE "([^"]*)"/.exec(text)?.[1]
  if (body === null || bytes === undefined || flags === undefined || date === undefined)
    throw new Error(`cannot read ${text.slice(0, 200)}`)
  return {
    uid,
    flags: flags
      .split(' ')
      .filter((flag) => flag !== '' && flag !== String.raw`\Recent`)
      .toSorted(),
    // With blanks for the first two dashes it is a date that JavaScript reads.
    date: Date.parse(date.replace(/^ ?(\d+)-([A-Za-z]+)-(\d+)/, '$1 $2 $3')) / 1000,
    bytes,
  }
}
