import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AccountStore } from './account-store.ts'
import { authenticate, countFailure, isBanned, type Keys, type Session } from './auth.ts'
import type { DoubleContext } from './calls.ts'
import { deferred } from './deferred.ts'
import { faultList, type Fault, type FaultList, type FaultOptions } from './faults.ts'
import { changeOwnPassword } from './own-password.ts'
import { hashPassword } from './passwords.ts'
import { parseJson, phpJson } from './php-json.ts'
import { sqlTime } from './php-values.ts'
import { redact, type RecordedCall } from './request-log.ts'
import { answerApi, HTML_TYPE, JSON_TYPE, type ApiAnswer } from './router.ts'
import { staticText } from './static-files.ts'
import { freshState } from './fresh-state.ts'
import type { MailcowState } from './state.ts'

export type { AccountStore } from './account-store.ts'
export { memoryAccountStore } from './account-store.ts'
export type {
  ActiveFilters,
  AppPasswordAccount,
  MailboxAccount,
  MailboxUsage,
  MemoryAccountStore,
  ProtocolAccess,
} from './account-store.ts'
export type { Fault, FaultKind, FaultOptions } from './faults.ts'
export type { RecordedCall } from './request-log.ts'
export type * from './state.ts'

export interface MailcowDoubleOptions {
  readonly accounts: AccountStore
  readonly apiKey: string
  readonly readOnlyKey?: string
  /** Addresses and networks that may use the keys; absent: all. */
  readonly allowedFrom?: readonly string[]
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Default 0: a free one. */
  readonly port?: number
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Tables that are not as after a fresh installation. Accounts in it are not told to the store. */
  readonly seedState?: Partial<MailcowState>
  /** MAILCOW_HOSTNAME; a domain may not have this name. Default mail.mailcow.test. */
  readonly hostname?: string
  /** Default 2026-07a, the version that was recorded. */
  readonly version?: string
  readonly now?: () => Date
  /** For the names of time-limited aliases. Default Math.random. */
  readonly random?: () => number
  /** bcrypt's cost. Default 4, so that tests are fast; mailcow uses 10. */
  readonly passwordRounds?: number
  /** mailcow does not lock: with true, parallel calls overshoot limits as they do there. Default false: one after the other. */
  readonly unlocked?: boolean
  /** With true a banned address gets no connection any more. Default false: bans are only counted and listed. */
  readonly enforceBans?: boolean
}

export interface MailcowDouble extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string
  /** Plain data, live: tests may read and change it. */
  readonly state: MailcowState
  readonly requests: readonly RecordedCall[]
  fail(options: FaultOptions): Fault
  /**
   * What a user does in the web interface when a new password is demanded: force_pw_update falls to "0" and
   * passwd_update moves. False: the password policy refuses it, or there is no such mailbox.
   */
  userChangesPassword(address: string, password: string): Promise<boolean>
  /** Ends open connections too; may be called again. */
  close(): Promise<void>
}

/** nginx' client_max_body_size would be 0; a test that sends more than this is wrong. */
const MAX_BODY_BYTES = 16 * 1024 * 1024
const API_PREFIX = '/api/v1/'

/** Starts an HTTP server that answers as mailcow's API does, from state and rules. */
export async function startMailcowDouble(options: MailcowDoubleOptions): Promise<MailcowDouble> {
  const now = options.now ?? (() => new Date())
  const rounds = options.passwordRounds ?? 4
  const context: DoubleContext = {
    state: { ...freshState(sqlTime(now())), ...options.seedState },
    accounts: options.accounts,
    hostname: options.hostname ?? 'mail.mailcow.test',
    version: options.version ?? '2026-07a',
    now,
    hashPassword: (password) => hashPassword(password, rounds),
    random: options.random ?? Math.random,
  }
  const { apiKey, readOnlyKey, allowedFrom } = options
  const front = new Front(context, { apiKey, readOnlyKey, allowedFrom }, options)
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    front.handle(request, response).catch((problem: unknown) => response.destroy(asError(problem)))
  }
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener)
  const host = options.host ?? '127.0.0.1'
  await listen(server, options.port ?? 0, host)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const close = async (): Promise<void> => {
    front.faults.releaseAll()
    await closeServer(server)
  }
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    state: context.state,
    requests: front.requests,
    fail: (fault) => front.faults.add(fault),
    userChangesPassword: (mailbox, password) => changeOwnPassword(context, mailbox, password),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** What nginx and PHP's start-up do before and after `json_api.php`. */
class Front {
  readonly requests: RecordedCall[] = []
  readonly faults: FaultList = faultList()
  readonly #context: DoubleContext
  readonly #keys: Keys
  readonly #options: Pick<MailcowDoubleOptions, 'unlocked' | 'enforceBans'>
  readonly #sessions = new Map<string, Session>()
  #queue: Promise<unknown> = Promise.resolve()

  constructor(
    context: DoubleContext,
    keys: Keys,
    options: Pick<MailcowDoubleOptions, 'unlocked' | 'enforceBans'>,
  ) {
    this.#context = context
    this.#keys = keys
    this.#options = options
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const remote = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    const now = this.#context.now()
    if (this.#options.enforceBans === true && isBanned(this.#context.state, remote, now)) {
      request.socket.destroy()
      return
    }
    const body = await readBody(request)
    const target = splitTarget(request.url ?? '/')
    if (target === undefined) {
      send(response, { status: 200, contentType: HTML_TYPE, body: staticText('api-docs.html') }, undefined)
      return
    }
    const { session, isNew } = this.#sessionOf(request)
    const call: RecordedCall = {
      at: now,
      method: request.method ?? 'GET',
      path: target.path,
      remote,
      access: undefined,
      body: redact(parseJson(body) ?? null),
    }
    this.requests.push(call)
    const fault = this.faults.take(target.path)
    await fault?.gate
    if (fault?.kind === 'drop-before-write') {
      request.socket.destroy()
      return
    }
    const run = (): Promise<ApiAnswer> => this.#answer(request, { ...target, body, remote, session })
    const answer = fault?.answer ?? (await this.#inTurn(run))
    if (fault?.kind === 'drop-after-write') {
      request.socket.destroy()
      return
    }
    const sent = fault?.kind === 'empty200-after-write' ? { ...answer, body: '' } : answer
    this.requests[this.requests.indexOf(call)] = { ...call, access: session.access, status: sent.status }
    // The web server's own page sets no cookie.
    send(response, sent, isNew && fault?.kind !== 'html502' ? session.id : undefined)
  }

  #answer(
    request: IncomingMessage,
    input: { path: string; parameters: URLSearchParams; body: string; remote: string; session: Session },
  ): Promise<ApiAnswer> {
    const { session, remote } = input
    const refusal = authenticate(this.#keys, session, { key: header(request, 'x-api-key'), remote })
    if (refusal !== undefined) {
      countFailure(this.#context.state, remote, this.#context.now())
      return Promise.resolve({
        status: 401,
        contentType: HTML_TYPE,
        body: phpJson({ type: 'error', msg: refusal }),
      })
    }
    // Browsers that navigate to the API are turned away.
    if ((header(request, 'sec-fetch-dest') ?? 'empty') !== 'empty') {
      return Promise.resolve({ status: 403, contentType: JSON_TYPE, body: '' })
    }
    return answerApi(
      this.#context,
      {
        method: request.method ?? 'GET',
        parts: (input.parameters.getAll('query').at(-1) ?? '').split('/'),
        parameters: input.parameters,
        contentType: header(request, 'content-type') ?? '',
        body: input.body,
        uri: request.url ?? '/',
        remote,
      },
      session.access,
      session.messages,
    )
  }

  #inTurn(run: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
    if (this.#options.unlocked === true) return run()
    const turn = this.#queue.then(run)
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  #sessionOf(request: IncomingMessage): { session: Session; isNew: boolean } {
    const id = /(?:^|;\s*)MCSESSID=([\w-]+)/.exec(header(request, 'cookie') ?? '')?.[1]
    const known = id === undefined ? undefined : this.#sessions.get(id)
    if (known !== undefined) return { session: known, isNew: false }
    const session: Session = { id: randomBytes(16).toString('hex'), access: undefined, messages: [] }
    this.#sessions.set(session.id, session)
    return { session, isNew: true }
  }
}

/**
 * nginx decodes the path and puts it, unquoted, into `?query=`; PHP decodes that again. So `+ & = %` arrive only when
 * they were encoded twice. Undefined: not the API but its documentation.
 */
function splitTarget(url: string): { path: string; parameters: URLSearchParams } | undefined {
  const [rawPath = '/', ...rest] = url.split('?')
  if (!rawPath.startsWith(API_PREFIX)) return undefined
  const path = decodeOnce(rawPath.slice(API_PREFIX.length))
  return { path, parameters: new URLSearchParams(`query=${path}&${rest.join('?')}`) }
}

function decodeOnce(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new Error('the request body is too large for the mailcow double')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function send(response: ServerResponse, answer: ApiAnswer, session: string | undefined): void {
  response.statusCode = answer.status
  response.setHeader('Content-Type', answer.contentType)
  if (session !== undefined) {
    response.setHeader('Set-Cookie', `MCSESSID=${session}; path=/; HttpOnly; SameSite=Lax`)
  }
  response.end(answer.body)
}

function listen(server: Server, port: number, host: string): Promise<void> {
  const listening = deferred()
  server.once('error', listening.reject)
  server.listen(port, host, () => {
    server.off('error', listening.reject)
    listening.resolve()
  })
  return listening.promise
}

/** Never waits for a client that keeps its connection open. */
function closeServer(server: Server): Promise<void> {
  const closed = deferred()
  server.close(() => closed.resolve())
  server.closeAllConnections()
  return closed.promise
}

function asError(problem: unknown): Error {
  return problem instanceof Error ? problem : new Error(String(problem))
}
