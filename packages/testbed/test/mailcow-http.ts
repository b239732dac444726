import { request } from 'node:http'
import { memoryAccountStore, startMailcowDouble } from '../src/mailcow/index.ts'
import type { MailcowDouble, MailcowDoubleOptions, MemoryAccountStore } from '../src/mailcow/index.ts'

export const RW_KEY = 'RWRWRW-111111-222222-333333-444444'
export const RO_KEY = 'RORORO-111111-222222-333333-444444'

export interface RawRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** A string goes as it is, anything else as JSON. */
  readonly body: unknown
  readonly sourceAddress?: string
}

export interface RawAnswer {
  readonly status: number
  readonly contentType: string | undefined
  readonly setsCookie: string | undefined
  /** Parsed when it is JSON, "" when there is none. */
  readonly body: unknown
}

/** One call, with nothing added and nothing retried. */
export function send(url: string, call: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const body = typeof call.body === 'string' ? call.body : JSON.stringify(call.body)
  const hasBody = call.body !== null && call.body !== undefined
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        hostname,
        port,
        method: call.method,
        path: call.path,
        // Node sends a DELETE's body without saying how long it is.
        headers: { ...call.headers, ...(hasBody ? { 'Content-Length': Buffer.byteLength(body) } : {}) },
        ...(call.sourceAddress === undefined ? {} : { localAddress: call.sourceAddress }),
      },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => {
          resolve({
            status: answer.statusCode ?? 0,
            contentType: answer.headers['content-type'],
            setsCookie: answer.headers['set-cookie']?.[0],
            body: parse(Buffer.concat(chunks).toString('utf8')),
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(hasBody ? body : undefined)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

interface Api {
  get(path: string): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
  /** The messages of the answer only: `[type, msg]`. */
  messages(path: string, body: unknown): Promise<(readonly [string, unknown])[]>
}

function api(double: MailcowDouble): Api {
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const headers = { 'X-API-Key': RW_KEY, 'Content-Type': 'application/json' }
    return (await send(double.url, { method: 'POST', path: `/api/v1/${path}`, headers, body })).body
  }
  return {
    get: async (path) => {
      const headers = { 'X-API-Key': RW_KEY }
      return (await send(double.url, { method: 'GET', path: `/api/v1/${path}`, headers, body: null })).body
    },
    post,
    messages: async (path, body) => {
      const entries = await post(path, body)
      if (!Array.isArray(entries)) throw new Error(`no list of messages: ${JSON.stringify(entries)}`)
      return entries.map((entry: { type: string; msg: unknown }) => [entry.type, entry.msg] as const)
    },
  }
}

export interface Started extends AsyncDisposable {
  readonly double: MailcowDouble
  readonly accounts: MemoryAccountStore
  readonly api: Api
}

export async function start(options: Partial<MailcowDoubleOptions> = {}): Promise<Started> {
  const accounts = memoryAccountStore()
  const double = await startMailcowDouble({ accounts, apiKey: RW_KEY, readOnlyKey: RO_KEY, ...options })
  return { double, accounts, api: api(double), [Symbol.asyncDispose]: () => double.close() }
}

export const PASSWORD = 'Secret-pass-1'

/** The fields that every add/mailbox of the tests shares. */
export function mailbox(address: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const [local_part, domain] = address.split('@')
  return { local_part, domain, password: PASSWORD, password2: PASSWORD, quota: '1', active: '1', ...more }
}
