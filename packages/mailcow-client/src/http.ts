import { deadline, pause, raceAbort } from './abort.ts'
import { readBounded } from './body.ts'
import { MailcowError, usageError } from './errors.ts'
import { type FetchAnswer, type FetchFunction, type OwnFetch, ownFetch } from './fetch.ts'
import { KeyGuard, type KeyVerdict } from './key-guard.ts'
import { Slots } from './limits.ts'
import { failedBeforeSending, networkError } from './network-error.ts'
import type { Logger } from './options.ts'
import { clip } from './path.ts'
import { redact } from './redact.ts'

export interface TransportOptions {
  /** Where mailcow's web interface is, e.g. `https://mail.example.at`. */
  readonly url: string
  readonly apiKey: string
  /** `ca`: PEM certificates; only what chains to them is trusted then. */
  readonly tls?: { readonly ca?: string | undefined } | undefined
  /** For one try, connecting and body included. Default 30 000. */
  readonly timeoutMs?: number | undefined
  /** For one call with all its tries (waiting for a free connection not counted). Default 90 000. */
  readonly totalTimeoutMs?: number | undefined
  /** Tries in all (default 3) and the pause before the second (default 250 ms, then three times as long each). */
  readonly retry?:
    | { readonly attempts?: number | undefined; readonly delayMs?: number | undefined }
    | undefined
  /** Instead of the built-in one; then `tls` has no effect. */
  readonly fetch?: FetchFunction | undefined
  readonly logger?: Logger | undefined
  /** Calls under way at once. Default 8. */
  readonly maxConcurrent?: number | undefined
  /** The longest answer that is read. Default 64 MiB. */
  readonly maxAnswerBytes?: number | undefined
  /** How long nothing is sent after mailcow refused the key (fail2ban counts). Default 120 000. */
  readonly lockoutMs?: number | undefined
  /** Send the key in clear text to another machine. Default false. */
  readonly allowInsecure?: boolean | undefined
}

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST'
  /** Below `/api/v1`, encoded, with its query. */
  readonly path: string
  /** The part of the path that names the route, for messages. */
  readonly route: string
  readonly body?: unknown
  /** Nothing changes on the server, so the call can be repeated. */
  readonly isSafe: boolean
}

export interface RawAnswer {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

const ERROR_BODY_BYTES = 65_536

/** The only caller of fetch: time, size, retries, redirects, certificates. Knows nothing of what an answer means. */
export class Transport {
  readonly #base: string
  readonly #host: string
  readonly #apiKey: string
  readonly #fetch: FetchFunction
  readonly #own: OwnFetch | undefined
  readonly #logger: Logger | undefined
  readonly #slots: Slots
  readonly #guard: KeyGuard
  readonly #timeoutMs: number
  readonly #totalTimeoutMs: number
  readonly #attempts: number
  readonly #delayMs: number
  readonly #maxAnswerBytes: number

  constructor(options: TransportOptions) {
    const url = parseUrl(options.url, options.allowInsecure ?? false)
    // A key with a line break would end the header and start another one.
    if (!/^[\x21-\x7e]+$/.test(options.apiKey))
      throw usageError('apiKey is empty or holds characters that no key has')
    this.#base = url.base
    this.#host = url.host
    this.#apiKey = options.apiKey
    this.#timeoutMs = positive(options.timeoutMs ?? 30_000, 'timeoutMs')
    this.#totalTimeoutMs = positive(options.totalTimeoutMs ?? 90_000, 'totalTimeoutMs')
    this.#attempts = positive(options.retry?.attempts ?? 3, 'retry.attempts')
    this.#delayMs = options.retry?.delayMs ?? 250
    this.#maxAnswerBytes = positive(options.maxAnswerBytes ?? 67_108_864, 'maxAnswerBytes')
    this.#logger = options.logger
    const connections = positive(options.maxConcurrent ?? 8, 'maxConcurrent')
    this.#slots = new Slots(connections)
    this.#guard = new KeyGuard(options.lockoutMs ?? 120_000)
    if (options.fetch === undefined) {
      this.#own = ownFetch({ ca: options.tls?.ca, connectTimeoutMs: this.#timeoutMs, connections })
      this.#fetch = this.#own.fetch
    } else {
      this.#fetch = options.fetch
    }
  }

  /** Sends a request, again where that is safe, and resolves with whatever the server answered (also errors). */
  send(request: OutgoingRequest, signal: AbortSignal | undefined): Promise<RawAnswer> {
    return this.#slots.run(() => this.#tries(request, signal), signal)
  }

  async close(): Promise<void> {
    await this.#own?.close()
  }

  async #tries(request: OutgoingRequest, signal: AbortSignal | undefined): Promise<RawAnswer> {
    const total = deadline(this.#totalTimeoutMs, signal)
    let wasBegun = false
    try {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await this.#guard.run(
          () => {
            wasBegun = true
            return this.#once(request, attempt, total.signal)
          },
          keyVerdict,
          total.signal,
        )
        const delayMs = this.#delayBefore(attempt + 1, outcome)
        const isLast = attempt >= this.#attempts || delayMs >= total.remainingMs()
        if (outcome.kind === 'answer' && (isLast || !isWorthRepeating(request, outcome)))
          return outcome.answer
        if (outcome.kind === 'failure' && (isLast || !outcome.mayRepeat)) throw outcome.error
        await pause(delayMs, total.signal)
        wasBegun = false
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (total.expired() && !(error instanceof MailcowError)) {
        throw this.#timeoutError(request, this.#totalTimeoutMs, error, wasBegun ? 'unknown' : 'none')
      }
      throw error
    } finally {
      total.release()
    }
  }

  async #once(request: OutgoingRequest, attempt: number, outer: AbortSignal): Promise<Outcome> {
    const once = deadline(this.#timeoutMs, outer)
    const startedAt = performance.now()
    try {
      const answer = await raceAbort(
        this.#fetch(`${this.#base}/api/v1${request.path}`, this.#init(request, once.signal)),
        once.signal,
      )
      const outcome = await this.#read(request, answer, once.signal)
      this.#log(request, attempt, startedAt, { status: answer.status })
      return outcome
    } catch (error) {
      if (error instanceof MailcowError) throw error
      const isUnsent = this.#isUnsent(error)
      this.#log(request, attempt, startedAt, { failed: true })
      if (outer.aborted) throw error
      const effect = request.isSafe || isUnsent ? 'none' : 'unknown'
      const failure = once.expired()
        ? this.#timeoutError(request, this.#timeoutMs, error, effect)
        : networkError(error, this.#host, { effect, route: request.route })
      return { kind: 'failure', error: failure, mayRepeat: failure.retryable && effect === 'none' }
    } finally {
      once.release()
    }
  }

  #init(request: OutgoingRequest, signal: AbortSignal): Parameters<FetchFunction>[1] {
    const headers: Record<string, string> = { 'X-API-Key': this.#apiKey, Accept: 'application/json' }
    if (request.body === undefined) return { method: request.method, headers, redirect: 'manual', signal }
    headers['Content-Type'] = 'application/json'
    return {
      method: request.method,
      headers,
      body: JSON.stringify(request.body),
      redirect: 'manual',
      signal,
    }
  }

  async #read(request: OutgoingRequest, answer: FetchAnswer, signal: AbortSignal): Promise<Outcome> {
    if ((answer.status >= 300 && answer.status < 400) || answer.status === 0) {
      await readBounded(answer.body, 0, signal)
      const location = answer.headers.get('location')
      throw new MailcowError(
        'redirect',
        `${this.#host} redirects${location === null ? '' : ` to ${clip(location, 200)}`}: not followed, it would get the API key`,
        { route: request.route, status: answer.status, hint: "Give mailcow's final URL, with https://." },
      )
    }
    const isError = answer.status >= 400
    const body = await readBounded(answer.body, isError ? ERROR_BODY_BYTES : this.#maxAnswerBytes, signal)
    if (body.isCut && !isError) {
      throw new MailcowError(
        'answer_too_large',
        `${request.route}: the answer is longer than ${this.#maxAnswerBytes} bytes`,
        { route: request.route, status: answer.status, effect: request.isSafe ? 'none' : 'unknown' },
      )
    }
    return {
      kind: 'answer',
      retryAfterMs: retryAfter(answer.headers.get('retry-after')),
      answer: {
        status: answer.status,
        contentType: answer.headers.get('content-type') ?? '',
        text: body.text,
      },
    }
  }

  #isUnsent(error: unknown): boolean {
    return this.#own === undefined ? failedBeforeSending(error) : this.#own.failedWhileConnecting(error)
  }

  #timeoutError(
    request: OutgoingRequest,
    ms: number,
    cause: unknown,
    effect: 'none' | 'unknown',
  ): MailcowError {
    const isRead = request.isSafe
    return new MailcowError('timeout', `${this.#host}: ${request.route} was not answered within ${ms} ms`, {
      route: request.route,
      effect: isRead ? 'none' : effect,
      retryable: true,
      hint:
        isRead || effect === 'none'
          ? undefined
          : 'It may have been carried out: read back before doing it again.',
      cause,
    })
  }

  /** Three times as long each time, with jitter, or what the server asks for. */
  #delayBefore(attempt: number, outcome: Outcome): number {
    const asked = outcome.kind === 'answer' ? outcome.retryAfterMs : undefined
    const backoff = this.#delayMs * 3 ** (attempt - 2) * (0.5 + Math.random() / 2)
    return Math.max(asked ?? 0, backoff)
  }

  #log(request: OutgoingRequest, attempt: number, startedAt: number, outcome: object): void {
    this.#logger?.debug(
      {
        method: request.method,
        path: request.path,
        ...(request.body === undefined ? {} : { body: redact(request.body) }),
        attempt,
        ms: Math.round(performance.now() - startedAt),
        ...outcome,
      },
      'mailcow call',
    )
  }
}

type Outcome =
  | { readonly kind: 'answer'; readonly answer: RawAnswer; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'failure'; readonly error: MailcowError; readonly mayRepeat: boolean }

function isWorthRepeating(request: OutgoingRequest, outcome: Outcome & { kind: 'answer' }): boolean {
  return request.isSafe && (outcome.answer.status >= 500 || outcome.answer.status === 429)
}

function keyVerdict(outcome: Outcome): KeyVerdict {
  if (outcome.kind === 'failure' || outcome.answer.status >= 500) return 'unclear'
  return outcome.answer.status === 401 ? 'refused' : 'accepted'
}

function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  const seconds = /^\d{1,6}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined
}

function positive(value: number, name: string): number {
  if (!Number.isSafeInteger(value) || value <= 0) throw usageError(`${name} must be a positive whole number`)
  return value
}

function parseUrl(input: string, allowInsecure: boolean): { base: string; host: string } {
  const url = URL.parse(input)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw usageError('url is not a http(s) URL', 'For example https://mail.example.at')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw usageError('url must not hold a user, a password, a query or a fragment')
  }
  const isLocal = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'http:' && !isLocal && !allowInsecure) {
    throw usageError(
      `the API key would travel to ${url.host} in clear text`,
      'Use https://, or set allowInsecure.',
    )
  }
  const path = url.pathname.replace(/\/+$/, '').replace(/\/api(?:\/v1)?$/, '')
  return { base: url.origin + path, host: url.host }
}
