import { DriftReport } from './drift.ts'
import { type Envelope, readEnvelope } from './envelope.ts'
import { type ItemResult, MailcowError } from './errors.ts'
import type { Transport } from './http.ts'
import { KeyedLock } from './limits.ts'
import { isKnownMessage, type MailcowMessage } from './messages.ts'
import type { BulkOptions, CallOptions, Logger, WriteOptions } from './options.ts'
import { apiPath } from './path.ts'
import { readBack, type Verify } from './read-back.ts'
import { isRecord, parseReply, type Reply } from './reply.ts'
import { assertAllowed, type Route, type RoutePattern } from './routes.ts'
import { type Expectation, judge, judgeItems, nothingDone } from './verdict.ts'

export interface ApiContext {
  readonly transport: Transport
  readonly logger: Logger | undefined
  /** Unknown or missing fields are errors. */
  readonly strict: boolean
  /** Routes that may be called; undefined: all. */
  readonly allow: readonly RoutePattern[] | undefined
  /** mailcow's time zone (IANA); undefined: this machine's. */
  readonly timeZone: string | undefined
}

/** What a decoder may use. */
export interface DecodeContext {
  readonly timeZone: string | undefined
  /** Parses one object and reports drift; rejects with `unexpected_answer` when it cannot be what it should be. */
  parse<T>(reply: Reply<T>, value: unknown): T
}

/** Turns mailcow's object into ours; undefined when it is a placeholder for nothing. */
export type Decode<T> = (value: unknown, context: DecodeContext) => T | undefined

/** A write: the body, how to tell that it was done, and which domains must not be written to meanwhile. */
export interface Write extends Expectation {
  readonly route: Route
  readonly body: unknown
  /** Path segments behind the route, e.g. for `delete/mailbox/tag/{mailbox}`. */
  readonly segments?: readonly string[]
  /** mailcow does not lock: writes to these domains go one after the other. */
  readonly domains?: readonly string[]
}

/** All that the resources need: reads and judged writes. Knows routes, not objects. */
export class Api {
  readonly #transport: Transport
  readonly #logger: Logger | undefined
  readonly #allow: readonly RoutePattern[] | undefined
  readonly #timeZone: string | undefined
  readonly #drift: DriftReport
  readonly #lock = new KeyedLock()

  constructor(context: ApiContext) {
    this.#transport = context.transport
    this.#logger = context.logger
    this.#allow = context.allow
    this.#timeZone = context.timeZone
    this.#drift = new DriftReport({
      logger: context.logger,
      strict: context.strict,
      version: () => this.#version(),
    })
  }

  /** The JSON of a read; rejects when the answer is empty or an error. */
  async read(
    route: Route,
    segments: readonly string[],
    options: CallOptions,
    query?: Readonly<Record<string, string>>,
  ): Promise<unknown> {
    return this.#readData(route, { method: 'GET', path: apiPath(route, segments, query) }, options)
  }

  /** A read that mailcow answers with text: as a JSON string, or bare. */
  async readText(route: Route, segments: readonly string[], options: CallOptions): Promise<string> {
    assertAllowed(route, this.#allow)
    const path = apiPath(route, segments)
    const answer = await this.#transport.send({ method: 'GET', path, route, isSafe: true }, options.signal)
    const isText = answer.status < 400 && !/^\s*["[{]/.test(answer.text)
    if (isText) return answer.text
    const envelope = readEnvelope(answer, { route, isRead: true })
    if (envelope.kind !== 'data') throw this.#notData(envelope, route)
    if (typeof envelope.value !== 'string') throw this.unexpected(route, 'is not text')
    return envelope.value
  }

  /** A read that mailcow wants as POST (`search/…`). */
  async search(route: Route, body: unknown, options: CallOptions): Promise<unknown> {
    return this.#readData(route, { method: 'POST', path: apiPath(route, []), body }, options)
  }

  /** One object. mailcow answers `{}` for nothing. */
  async readOne<T>(
    route: Route,
    segments: readonly string[],
    decode: Decode<T>,
    options: CallOptions,
  ): Promise<T | undefined> {
    const value = await this.read(route, segments, options)
    if (isNothing(value)) return undefined
    return this.decodeAll(route, [value], decode)[0]
  }

  /** A list. mailcow answers `{}` for an empty one. */
  async readList<T>(
    route: Route,
    segments: readonly string[],
    decode: Decode<T>,
    options: CallOptions,
    query?: Readonly<Record<string, string>>,
  ): Promise<T[]> {
    const value = await this.read(route, segments, options, query)
    if (isNothing(value)) return []
    if (!Array.isArray(value)) throw this.unexpected(route, 'is not a list')
    return this.decodeAll(route, value, decode)
  }

  decodeAll<V, T>(
    route: Route,
    values: readonly V[],
    decode: (value: V, context: DecodeContext) => T | undefined,
  ): T[] {
    const context: DecodeContext = {
      timeZone: this.#timeZone,
      parse: (reply, value) => {
        const parsed = parseReply(reply, value)
        if (!parsed.ok) throw this.unexpected(route, `holds something else than expected: ${parsed.problem}`)
        this.#drift.report(reply.name, parsed.drift)
        return parsed.value
      },
    }
    return values.map((value) => decode(value, context)).filter((value) => value !== undefined)
  }

  unexpected(route: Route, problem: string): MailcowError {
    return new MailcowError('unexpected_answer', `${route}: mailcow's answer ${problem}`, {
      route,
      hint: 'This mailcow may be newer or older than this client.',
    })
  }

  /** A write about one thing. Resolves with mailcow's entries once they say that it was done. */
  async write(write: Write, options: WriteOptions): Promise<readonly MailcowMessage[]> {
    const entries = await this.#send(write, options)
    const verdict = judge(entries, write)
    if (!verdict.ok) throw verdict.error
    return entries
  }

  /**
   * A write about several items. Resolves with one result per item; `verify` reads an item back (only with
   * `readBack`) and names what differs.
   */
  async writeItems(
    write: Write,
    items: readonly string[],
    options: BulkOptions,
    verify?: Verify,
  ): Promise<readonly ItemResult[]> {
    if (items.length === 0) return []
    const verdicts = judgeItems(items, await this.#send(write, options), write)
    const results: ItemResult[] = []
    for (const [index, item] of items.entries()) {
      const verdict = verdicts[index]
      const error = verdict === undefined || verdict.ok ? undefined : verdict.error
      const found =
        error ?? (options.readBack === true ? await readBack(write.route, item, index, verify) : undefined)
      results.push(found === undefined ? { item, ok: true } : { item, ok: false, error: found })
    }
    return results
  }

  /** A write that mailcow answers with data, e.g. a token, or with entries when it refuses. */
  async writeForData(route: Route, body: unknown, options: CallOptions): Promise<unknown> {
    assertAllowed(route, this.#allow)
    const path = apiPath(route, [])
    const answer = await this.#transport.send(
      { method: 'POST', path, route, body, isSafe: false },
      options.signal,
    )
    const envelope = readEnvelope(answer, { route, isRead: false })
    if (envelope.kind === 'data') return envelope.value
    if (envelope.kind === 'entries') {
      const verdict = judge(envelope.entries, { route, done: [] })
      throw verdict.ok ? this.unexpected(route, 'is not data') : verdict.error
    }
    throw notEntries(envelope, route)
  }

  /** Runs the task while no other write of this client touches these domains. */
  exclusively<T>(domains: readonly string[], task: () => Promise<T>, options: CallOptions): Promise<T> {
    return this.#lock.run(domains, task, options.signal)
  }

  async #send(write: Write, options: CallOptions): Promise<readonly MailcowMessage[]> {
    assertAllowed(write.route, this.#allow)
    const { route, body } = write
    const path = apiPath(route, write.segments ?? [])
    const send = () =>
      this.#transport.send({ method: 'POST', path, route, body, isSafe: false }, options.signal)
    const answer = await this.exclusively(write.domains ?? [], send, options)
    const envelope = readEnvelope(answer, { route, isRead: false })
    if (envelope.kind !== 'entries') throw notEntries(envelope, route)
    this.#reportUnknownKeys(route, envelope.entries)
    return envelope.entries
  }

  async #readData(
    route: Route,
    request: { method: 'GET' | 'POST'; path: string; body?: unknown },
    options: CallOptions,
  ): Promise<unknown> {
    assertAllowed(route, this.#allow)
    const answer = await this.#transport.send({ ...request, route, isSafe: true }, options.signal)
    const envelope = readEnvelope(answer, { route, isRead: true })
    if (envelope.kind !== 'data') throw this.#notData(envelope, route)
    return envelope.value
  }

  #notData(envelope: Exclude<Envelope, { kind: 'data' }>, route: Route): MailcowError {
    if (envelope.kind === 'failure') return envelope.error
    if (envelope.kind === 'nothing_done') return this.unexpected(route, 'is not data')
    if (envelope.kind === 'entries') {
      const verdict = judge(envelope.entries, { route, done: [] })
      return verdict.ok ? this.unexpected(route, 'is not data') : verdict.error
    }
    return new MailcowError('empty_answer', `${route}: an answer without a body`, {
      route,
      status: 200,
      hint: 'Either mailcow crashed on this request, or something between here and mailcow removed the X-API-Key header.',
    })
  }

  #reportUnknownKeys(route: Route, entries: readonly MailcowMessage[]): void {
    for (const entry of entries) {
      if (!isKnownMessage(entry.key)) {
        const drift = { unknown: [entry.key], missing: [], changed: [] }
        // A refusal is told as such, whether its key is known or not.
        if (entry.type === 'danger' || entry.type === 'error') this.#drift.note(`${route} answers`, drift)
        else this.#drift.report(`${route} answers`, drift)
      }
      if (entry.type === 'warning')
        this.#logger?.warn({ route, key: entry.key, args: entry.args }, entry.text)
    }
  }

  async #version(): Promise<string> {
    try {
      const value = await this.read('get/status/version', [], { signal: AbortSignal.timeout(5000) })
      return isRecord(value) && typeof value['version'] === 'string' ? value['version'] : 'unknown'
    } catch {
      return 'unknown'
    }
  }
}

function notEntries(envelope: Exclude<Envelope, { kind: 'entries' }>, route: Route): MailcowError {
  if (envelope.kind === 'failure') return envelope.error
  if (envelope.kind === 'nothing_done') return nothingDone(route)
  if (envelope.kind === 'data') {
    return new MailcowError('unexpected_answer', `${route}: mailcow's answer is not the result of a write`, {
      route,
      effect: 'unknown',
      hint: 'It may have been carried out: read back.',
    })
  }
  return new MailcowError(
    'empty_answer',
    `${route}: mailcow crashed on this request (an answer without a body)`,
    {
      route,
      status: 200,
      effect: 'unknown',
      hint: 'It may have been carried out in part: read back.',
    },
  )
}

/** `{}` and `[]` both mean: nothing found. */
export function isNothing(value: unknown): boolean {
  if (value === null) return true
  if (Array.isArray(value)) return value.length === 0
  return isRecord(value) && Object.keys(value).length === 0
}
