import { ImapSyncError } from '../errors.ts'
import { countOf, parseUidSet, uidsOf } from '../state/ranges.ts'
import { command, mailboxArgument } from '../wire/command.ts'
import { formatInternalDate, type InternalDate } from '../wire/dates.ts'
import { sendableFlag } from '../wire/flags.ts'
import type { CommandResult, CommandWriter, Session } from '../wire/session.ts'

export interface AppendMessage {
  /** Chosen by `chooseFlags`; checked again here. */
  readonly flags: readonly string[]
  readonly date: InternalDate
  readonly size: number
  readonly chunks: Iterable<Buffer> | AsyncIterable<Buffer>
}

export interface AppendOptions {
  /** Wait for the server's go-ahead before each body: what a server does not understand then stays words, never commands. */
  readonly careful: boolean
  /** Nothing is sent before this resolves; nothing at all when it rejects. */
  readonly ready?: Promise<void>
  /** Called before the last bytes go out: from here on the server may store the messages, whatever becomes of us. */
  readonly onComplete?: () => void
}

/**
 * One APPEND with one message or more (RFC 3502). Resolves when everything is written, with the promise of the answer;
 * undefined when there was no message. All or nothing: on NO nothing is stored. When the messages end in an error, the
 * command is cut off and the session with it.
 */
export async function append(
  session: Session,
  wire: string,
  messages: AsyncIterable<AppendMessage>,
  options: AppendOptions,
): Promise<{ readonly answer: Promise<CommandResult> } | undefined> {
  const iterator = messages[Symbol.asyncIterator]()
  let next = await iterator.next()
  if (next.done === true) return undefined
  await options.ready
  return session.stream(command('APPEND', mailboxArgument(wire)), async (out) => {
    const gathered = new GatheringWriter(out)
    for (; next.done !== true; next = await iterator.next())
      await writeMessage(session, gathered, next.value, options)
    options.onComplete?.()
    await gathered.add('\r\n')
    await gathered.flush()
  })
}

/** APPENDs without an answer at once. Bytes are bounded by the socket; this bounds what a cut leaves in doubt. */
const window = 64
/** Answers that speak of the mailbox or the server, not of a message: what follows would be sent for nothing. */
const general: ReadonlySet<string> = new Set([
  'OVERQUOTA',
  'TRYCREATE',
  'NONEXISTENT',
  'LIMIT',
  'INUSE',
  'UNAVAILABLE',
  'SERVERBUG',
])

export function speaksOfAll(code: string): boolean {
  return general.has(code)
}

/**
 * For servers without MULTIAPPEND: one APPEND a message, pipelined. Resolves with an answer for each message that was sent, in
 * order; stops early after an answer that holds for all. Any of them may be stored although others are not.
 */
export async function appendEach(
  session: Session,
  wire: string,
  messages: AsyncIterable<AppendMessage>,
  options: AppendOptions,
): Promise<readonly CommandResult[]> {
  const answers: Promise<CommandResult>[] = []
  let stopped = false
  for await (const message of messages) {
    await options.ready
    const { answer } = await session.stream(command('APPEND', mailboxArgument(wire)), async (out) => {
      const gathered = new GatheringWriter(out)
      await writeMessage(session, gathered, message, options)
      if (answers.length === 0) options.onComplete?.()
      await gathered.add('\r\n')
      await gathered.flush()
    })
    answers.push(answer)
    const note = ({ status, code }: CommandResult): void => {
      stopped ||= status === 'NO' && speaksOfAll(code ?? '')
    }
    answer.then(note, () => (stopped = true))
    await answers.at(-window)
    if (stopped) break
  }
  return Promise.all(answers)
}

async function writeMessage(
  session: Session,
  out: GatheringWriter,
  { flags, date, size, chunks }: AppendMessage,
  { careful }: AppendOptions,
): Promise<void> {
  for (const flag of flags)
    if (sendableFlag(flag) !== flag)
      throw new ImapSyncError('usage', 'a flag that must not be sent reached APPEND')
  const head = ` (${flags.join(' ')}) "${formatInternalDate(date).text}" `
  const { capabilities } = session
  // RFC 7888 §5: LITERAL- takes non-synchronising literals up to 4096 bytes.
  const ahead = !careful && (capabilities.has('LITERAL+') || (capabilities.has('LITERAL-') && size <= 4096))
  const full = out.add(`${head}{${size}${ahead ? '+' : ''}}\r\n`)
  // Awaiting nothing costs as much as copying a small message does.
  if (full !== undefined) await full
  if (!ahead) await out.synchronize()
  let written = 0
  const put = (chunk: Buffer): Promise<void> | undefined => {
    written += chunk.length
    return written > size ? undefined : out.bytes(chunk)
  }
  if (Symbol.iterator in chunks)
    for (const chunk of chunks) {
      const busy = put(chunk)
      if (busy !== undefined) await busy
    }
  else
    for await (const chunk of chunks) {
      await put(chunk)
      if (written > size) break
    }
  if (written !== size)
    throw new ImapSyncError('protocol', `a message of ${size} bytes turned out to have ${written}`, {
      retryable: true,
    })
}

/** Larger chunks are not worth a copy. */
const passThroughBytes = 16 * 1024

/**
 * Joins small writes: a system call for each line would cost more than the copy. Large chunks pass through. What was given
 * to it may be overwritten as soon as the call is done (`undefined`: at once).
 */
class GatheringWriter {
  readonly #out: CommandWriter
  readonly #room: Buffer
  #bytes = 0

  constructor(out: CommandWriter) {
    this.#out = out
    this.#room = out.gather
  }

  add(text: string): Promise<void> | undefined {
    if (this.#bytes + text.length > this.#room.length) return this.bytes(Buffer.from(text, 'latin1'))
    this.#bytes += this.#room.write(text, this.#bytes, 'latin1')
    return undefined
  }

  bytes(chunk: Buffer): Promise<void> | undefined {
    if (chunk.length >= passThroughBytes) return this.#out.write(this.#take(), chunk)
    if (this.#bytes + chunk.length > this.#room.length) return this.#overflow(chunk)
    this.#put(chunk)
    return undefined
  }

  async flush(): Promise<void> {
    await this.#out.write(this.#take())
  }

  async synchronize(): Promise<void> {
    await this.#out.synchronize(this.#take().toString('latin1'))
  }

  async #overflow(chunk: Buffer): Promise<void> {
    await this.flush()
    this.#put(chunk)
  }

  #put(chunk: Buffer): void {
    chunk.copy(this.#room, this.#bytes)
    this.#bytes += chunk.length
  }

  #take(): Buffer {
    const all = this.#room.subarray(0, this.#bytes)
    this.#bytes = 0
    return all
  }
}

/**
 * Target UIDs of an APPEND's messages, in order (RFC 4315 §3). Undefined when the server does not say, says it for
 * another UIDVALIDITY or for another number of messages: then only a look at the folder tells.
 */
export function appendedUids(
  result: CommandResult,
  uidValidity: number,
  count: number,
): readonly number[] | undefined {
  if (result.code !== 'APPENDUID') return undefined
  const match = /^(\d{1,10}) ([\d:,]+)$/.exec(result.codeArguments ?? '')
  const ranges = match?.[2] === undefined ? undefined : parseUidSet(match[2])
  if (ranges === undefined || Number(match?.[1]) !== uidValidity || countOf(ranges) !== count)
    return undefined
  return [...uidsOf(ranges)]
}
