/** One entry of a log, whatever form the log has. */
export type LogEntry =
  /** A line of a file: its time is in front. */
  | { readonly kind: 'line'; readonly text: string }
  /** Of the journal, which keeps the time apart. */
  | { readonly kind: 'message'; readonly time: Date; readonly text: string }

/** No login line is longer; what is cannot be one, and is passed over. */
const MAX_LINE_BYTES = 16 * 1024
const NEWLINE = 10

/**
 * Takes a log's bytes apart as they come: a text log, `journalctl -o export`, or `journalctl -o json`; which one, its
 * first bytes say. Memory is bounded by the longest line that can be a login.
 */
export async function* logEntries(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<LogEntry> {
  const lines = linesOf(chunks)
  const first = await lines.next()
  if (first.done === true) return
  const all = prefixed(first.value, lines)
  const head = first.value?.toString('latin1') ?? ''
  if (head.startsWith('__CURSOR=')) yield* journalExport(all)
  else if (head.startsWith('{')) yield* journalJson(all)
  else for await (const line of all) if (line !== undefined) yield { kind: 'line', text: textOf(line) }
}

/** Lines without their end; `undefined` for one that was too long. */
async function* linesOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer | undefined> {
  let held: Buffer[] = []
  let bytes = 0
  let tooLong = false
  const keep = (part: Buffer): void => {
    bytes += part.length
    if (bytes <= MAX_LINE_BYTES) held.push(part)
    else tooLong = true
    if (tooLong) held = []
  }
  const take = (): Buffer | undefined => {
    const line = tooLong ? undefined : Buffer.concat(held)
    held = []
    bytes = 0
    tooLong = false
    return line
  }
  for await (const chunk of chunks) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let start = 0
    for (let end = buffer.indexOf(NEWLINE); end !== -1; end = buffer.indexOf(NEWLINE, start)) {
      keep(buffer.subarray(start, end))
      start = end + 1
      yield take()
    }
    // A copy: who reads the file may use his buffer again.
    if (start < buffer.length) keep(Buffer.from(buffer.subarray(start)))
  }
  if (bytes > 0) yield take()
}

async function* prefixed(
  first: Buffer | undefined,
  rest: AsyncIterable<Buffer | undefined>,
): AsyncGenerator<Buffer | undefined> {
  yield first
  yield* rest
}

/**
 * systemd's export format: `NAME=value` lines, an empty line after each entry. A value with a line break comes as its
 * name alone and bytes with their length in front: no login is logged like that, so such lines just match nothing.
 */
async function* journalExport(lines: AsyncIterable<Buffer | undefined>): AsyncGenerator<LogEntry> {
  let fields = new Map<string, string>()
  for await (const line of lines) {
    if (line === undefined) continue
    const text = textOf(line)
    if (text === '') {
      yield* journalEntry(fields)
      fields = new Map()
      continue
    }
    const equals = text.indexOf('=')
    const name = text.slice(0, equals)
    if (KEPT.has(name) && !fields.has(name)) fields.set(name, text.slice(equals + 1))
  }
  yield* journalEntry(fields)
}

const KEPT: ReadonlySet<string> = new Set(['__REALTIME_TIMESTAMP', 'SYSLOG_IDENTIFIER', 'MESSAGE'])

async function* journalJson(lines: AsyncIterable<Buffer | undefined>): AsyncGenerator<LogEntry> {
  for await (const line of lines) {
    if (line === undefined) continue
    const fields = new Map<string, string>()
    for (const [name, value] of jsonFields(textOf(line)))
      if (KEPT.has(name) && typeof value === 'string') fields.set(name, value)
    yield* journalEntry(fields)
  }
}

function jsonFields(text: string): readonly [string, unknown][] {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []
  } catch {
    return []
  }
}

function* journalEntry(fields: ReadonlyMap<string, string>): Generator<LogEntry> {
  const stamp = fields.get('__REALTIME_TIMESTAMP') ?? ''
  const text = fields.get('MESSAGE')
  const identifier = fields.get('SYSLOG_IDENTIFIER') ?? 'dovecot'
  if (text === undefined || !/^\d{1,17}$/.test(stamp) || !identifier.includes('dovecot')) return
  yield { kind: 'message', time: new Date(Math.floor(Number(stamp) / 1000)), text }
}

function textOf(line: Buffer): string {
  const end = line.at(-1) === 13 ? line.length - 1 : line.length
  return line.toString('utf8', 0, end)
}
