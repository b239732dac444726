import { Agent, buildConnector, fetch as undiciFetch } from 'undici'

/** What this client asks of a `fetch`: Node's own and undici's fit. */
export type FetchFunction = (url: string, init: FetchInit) => Promise<FetchAnswer>

export interface FetchInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body?: string
  readonly redirect: 'manual'
  readonly signal: AbortSignal
}

export interface FetchAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
}

export interface OwnFetch {
  readonly fetch: FetchFunction
  /** True when the error was raised while connecting: nothing of the request was sent. */
  failedWhileConnecting(error: unknown): boolean
  close(): Promise<void>
}

/**
 * undici's fetch with a connection pool of its own: no cookie jar, its own CA, certificates always verified (also
 * under NODE_TLS_REJECT_UNAUTHORIZED=0), and a connector that remembers which errors happened before a request.
 */
export function ownFetch(options: {
  readonly ca: string | undefined
  readonly connectTimeoutMs: number
  readonly connections: number
}): OwnFetch {
  const beforeSending = new WeakSet<object>()
  const connect = buildConnector({
    rejectUnauthorized: true,
    timeout: options.connectTimeoutMs,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  })
  const agent = new Agent({
    connections: options.connections,
    // The client's own timers bound every try; undici's would only blur which of them fired.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (target, callback) => {
      connect(target, (...result) => {
        if (result[0] !== null) beforeSending.add(result[0])
        callback(...result)
      })
    },
  })
  return {
    fetch: (url, init) => undiciFetch(url, { ...init, dispatcher: agent }),
    failedWhileConnecting: (error) => {
      let current = error
      for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
        if (beforeSending.has(current)) return true
        current = current instanceof Error ? current.cause : undefined
      }
      return false
    },
    close: () => agent.destroy(),
  }
}
