import { setTimeout as pause } from 'node:timers/promises'
import { Agent, request as send } from 'undici'
import { CardDavError } from './errors.ts'

export interface CardDavServerOptions {
  /** Where the user's address books lie; SOGo: `https://HOST/SOGo/dav/USER/Contacts/`. */
  readonly home: string
  readonly user: string
  readonly password: string
  /** PEM of the CA that signed the server's certificate, when the system does not know it. */
  readonly ca?: string
  /** For one answer. Default: 60 s. */
  readonly timeoutMs?: number
}

/** A `fetch` for one server and one user, in the shape that tsdav asks for. */
export interface Transport extends AsyncDisposable {
  readonly fetch: typeof fetch
  close(): Promise<void>
}

interface TransportHooks {
  readonly signal?: AbortSignal
  readonly onBeforeWrite?: () => Promise<void>
}

const reading = new Set(['GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'REPORT'])
const maxAnswerBytes = 32 * 1024 * 1024
const pausesMs = [200, 1000, 3000]
const busy = new Set([429, 502, 503, 504])

/**
 * Everything that we send may be sent twice: reading changes nothing, and a card is put under its own name. So what got
 * lost, or met a server that was restarting, is tried again.
 */
export function transport(
  options: CardDavServerOptions,
  { signal, onBeforeWrite }: TransportHooks = {},
): Transport {
  const home = URL.parse(options.home)
  if (home === null || !/^https?:$/.test(home.protocol))
    throw new CardDavError('usage', 'The address of the address books is no http(s) URL.')
  const agent = new Agent({
    connections: 4,
    connect: { rejectUnauthorized: true, ...(options.ca === undefined ? {} : { ca: options.ca }) },
  })
  const authorization = `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`
  const once = async (url: URL, init: RequestInit): Promise<Response> => {
    // Not AbortSignal.timeout: its timer outlives the answer, and thousands of answers in a minute would stay in memory.
    const limit = new AbortController()
    const timer = setTimeout(
      () => limit.abort(new Error('it did not answer in time')),
      options.timeoutMs ?? 60_000,
    )
    const stop = (): void => limit.abort(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    try {
      // Not `fetch`: what it makes for each card takes two collections to go. This one follows no redirect, and the
      // password is for this server only.
      const answer = await send(url, {
        method: init.method ?? 'GET',
        headers: { ...Object.fromEntries(new Headers(init.headers)), authorization },
        ...(typeof init.body === 'string' ? { body: init.body } : {}),
        dispatcher: agent,
        signal: limit.signal,
      })
      const text = await boundedText(answer.body)
      const headers = new Headers()
      for (const [name, values] of Object.entries(answer.headers))
        for (const value of [values ?? []].flat()) headers.append(name, value)
      const status = answer.statusCode
      const isEmpty = text === '' || status === 204 || status === 304
      return new Response(isEmpty ? null : text, { status, headers })
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
    }
  }
  let announced: Promise<void> | undefined
  const request = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.origin !== home.origin) throw new CardDavError('protocol', 'The server sends us to another one.')
    if (!reading.has(init.method ?? 'GET')) await (announced ??= onBeforeWrite?.() ?? Promise.resolve())
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted()
      const wait = pausesMs[attempt]
      try {
        const response = await once(url, init)
        if (response.status === 401)
          throw new CardDavError('login', `${home.host} refused the login of ${options.user} (CardDAV).`)
        if (!busy.has(response.status)) return response
        if (wait === undefined)
          throw new CardDavError('busy', `${home.host} answers ${response.status} again and again (CardDAV).`)
      } catch (error) {
        signal?.throwIfAborted()
        if (error instanceof CardDavError) throw error
        if (wait === undefined)
          throw new CardDavError('connect', `${home.host} cannot be reached (CardDAV): ${reason(error)}.`, {
            cause: error,
          })
      }
      await pause(wait, undefined, signal === undefined ? {} : { signal })
    }
  }
  return { fetch: request, close: () => agent.close(), [Symbol.asyncDispose]: () => agent.close() }
}

async function boundedText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    size += part.length
    if (size > maxAnswerBytes) throw new CardDavError('limit', 'The CardDAV server’s answer is far too long.')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const text = cause instanceof Error ? cause.message || cause.name : String(cause)
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replace(/\.$/, '')
    .slice(0, 200)
}
