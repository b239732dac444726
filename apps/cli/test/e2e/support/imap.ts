import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Endpoint } from '@iteg/testbed'
import { messageLine } from './mail.ts'

/** What a mailbox shows over IMAP, read without any code of the project under test. */
export interface Snapshot {
  /** Every folder that can be opened, by its decoded name as the server spells it, with a line per message (see `messageLine`), sorted. */
  readonly folders: Readonly<Record<string, readonly string[]>>
  /** Sorted; only folders that can be opened. */
  readonly subscribed: readonly string[]
}

interface Line {
  /** With `{}` where a literal stood. */
  readonly text: string
  readonly literals: readonly Buffer[]
}

/** Reads all of a mailbox, every message whole. */
export async function readMailbox(
  server: Endpoint,
  login: { readonly user: string; readonly password: string },
): Promise<Snapshot> {
  await using imap = await PlainImap.login(server, login)
  const listed = (await imap.command('LIST "" "*"')).filter(
    (line) => !/\\Noselect|\\NonExistent/i.test(line.text),
  )
  const subscribed = new Set((await imap.command('LSUB "" "*"')).map(nameIn))
  const folders: Record<string, readonly string[]> = {}
  for (const name of listed.map(nameIn)) {
    await imap.command(`EXAMINE ${quoted(name)}`)
    const lines = await imap.command('UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])')
    folders[decodeName(name)] = lines
      .filter(({ text }) => /^\* \d+ FETCH /.test(text))
      .map(fetched)
      .toSorted()
  }
  return {
    folders,
    subscribed: Object.keys(folders)
      .filter((name) => [...subscribed].some((wire) => decodeName(wire) === name))
      .toSorted(),
  }
}

/** A connection for single commands. */
export class PlainImap implements AsyncDisposable {
  readonly #socket: Socket
  readonly #lines: AsyncGenerator<Line, undefined>
  #commands = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    this.#lines = logicalLines(socket)
  }

  static async login(
    server: Endpoint,
    { user, password }: { readonly user: string; readonly password: string },
  ): Promise<PlainImap> {
    const imap = new PlainImap(connect(server))
    await imap.#lines.next()
    await imap.command(`LOGIN ${quoted(user)} ${quoted(password)}`)
    return imap
  }

  /** The untagged answers. Rejects on NO and BAD, and when the server hangs up. */
  async command(line: string): Promise<Line[]> {
    this.#commands += 1
    const tag = `e${this.#commands}`
    this.#socket.write(`${tag} ${line}\r\n`)
    const untagged: Line[] = []
    for (;;) {
      const { value } = await this.#lines.next()
      const verb = line.split(' ', 1)[0] ?? ''
      if (value === undefined) throw new Error(`${verb}: the server hung up`)
      if (!value.text.startsWith(`${tag} `)) untagged.push(value)
      else if (value.text.startsWith(`${tag} OK`)) return untagged
      else throw new Error(`${verb}: ${value.text}`)
    }
  }

  /** Sends these bytes as they are and returns what comes until the server says something with that tag, or hangs up. */
  async raw(bytes: string, untilTag: string): Promise<readonly string[]> {
    this.#socket.write(bytes)
    const said: string[] = []
    for (;;) {
      const { value } = await this.#lines.next()
      if (value === undefined) return said
      said.push(value.text)
      if (value.text.startsWith(`${untilTag} `)) return said
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`
}

function nameIn({ text, literals }: Line): string {
  const [literal] = literals
  if (literal !== undefined) return literal.toString('latin1')
  const name = /^\* (?:LIST|LSUB) \([^)]*\) (?:NIL|"(?:\\.|[^"\\])*") (.*)$/.exec(text)?.[1] ?? ''
  return name.startsWith('"') ? name.slice(1, -1).replaceAll(/\\(.)/g, '$1') : name
}

/** RFC 3501 §5.1.3 */
function decodeName(wire: string): string {
  return wire.replaceAll(/&([^-]*)-/g, (_all, encoded: string) =>
    encoded === '' ? '&' : Buffer.from(encoded.replaceAll(',', '/'), 'base64').swap16().toString('utf16le'),
  )
}

function fetched({ text, literals }: Line): string {
  const flags = /FLAGS \(([^)]*)\)/.exec(text)?.[1] ?? ''
  const date = /INTERNALDATE "([^"]*)"/.exec(text)?.[1] ?? ''
  // Dovecot sends bodies as literals, and an empty one as an empty string.
  const [body = Buffer.alloc(0)] = literals
  return messageLine({
    raw: body,
    receivedAt: new Date(date.trim().replaceAll('-', ' ')),
    flags: flags.split(' ').filter((flag) => flag !== '' && flag !== String.raw`\Recent`),
  })
}

async function* logicalLines(socket: Socket): AsyncGenerator<Line, undefined> {
  let rest: Buffer = Buffer.alloc(0)
  const chunks = socket[Symbol.asyncIterator]()
  const more = async (): Promise<boolean> => {
    const next = await chunks.next().catch(() => ({ done: true, value: undefined }))
    if (next.done === true || !Buffer.isBuffer(next.value)) return false
    rest = Buffer.concat([rest, next.value])
    return true
  }
  let text = ''
  let literals: Buffer[] = []
  for (;;) {
    const end = rest.indexOf('\r\n')
    if (end === -1) {
      if (!(await more())) return undefined
      continue
    }
    const line = rest.subarray(0, end).toString('latin1')
    rest = rest.subarray(end + 2)
    const size = /\{(\d+)\}$/.exec(line)?.[1]
    if (size === undefined) {
      yield { text: text + line, literals }
      text = ''
      literals = []
      continue
    }
    text += line.replace(/\{\d+\}$/, '{}')
    const length = Number(size)
    while (rest.length < length) if (!(await more())) return undefined
    literals.push(rest.subarray(0, length))
    rest = rest.subarray(length)
  }
}
