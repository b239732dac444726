import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { authenticate, countFailure, isBanned, type Keys, type Session } from './auth.ts'
import type { DoubleContext } from './calls.ts'
import { DAV_PREFIX, DavFront } from './dav-front.ts'
import { faultList, type FaultList } from './faults.ts'
import { parseJson, phpJson } from './php-json.ts'
import { redact, type RecordedCall } from './request-log.ts'
import { answerApi, HTML_TYPE, JSON_TYPE, type ApiAnswer } from './router.ts'
import { staticText } from './static-files.ts'

/** nginx' client_max_body_size would be 0; a test that sends more than this is wrong. */
const MAX_BODY_BYTES = 16 * 1024 * 1024
const API_PREFIX = '/api/v1/'
const MAX_SESSIONS = 1000

interface FrontOptions {
  readonly unlocked?: boolean
  readonly enforceBans?: boolean
}

/** What nginx and PHP's start-up do before and after `json_api.php`. */
export class Front {
  readonly requests: RecordedCall[] = []
  readonly faults: FaultList = faultList()
  readonly dav: DavFront
  readonly #context: DoubleContext
  readonly #keys: Keys
  readonly #options: FrontOptions
  readonly #sessions = new Map<string, Session>()
  #queue: Promise<unknown> = Promise.resolve()

  constructor(context: DoubleContext, keys: Keys, options: FrontOptions) {
    this.#context = context
    this.dav = new DavFront(context.state)
    this.#keys = keys
    this.#options = options
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#handle(request, response).catch((problem: unknown) => sendFailure(response, problem))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const remote = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
    const now = this.#context.now()
    if (this.#options.enforceBans === true && isBanned(this.#context.state, remote, now)) {
      request.socket.destroy()
      return
    }
    const content = await readBody(request)
    if (request.url?.startsWith(DAV_PREFIX) === true) {
      await this.#handleDav(request, content, remote, response)
      return
    }
    const body = content.toString('utf8')
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
    call.access = session.access
    call.status = sent.status
    // The web server's own page sets no cookie.
    send(response, sent, isNew && fault?.kind !== 'html502' ? session.id : undefined)
  }

  async #handleDav(
    request: IncomingMessage,
    content: Buffer,
    remote: string,
    response: ServerResponse,
  ): Promise<void> {
    const fault = this.faults.take(`dav/${request.method ?? 'GET'}`)
    await fault?.gate
    if (fault?.kind === 'drop-before-write') {
      request.socket.destroy()
      return
    }
    if (fault?.answer !== undefined) {
      send(response, fault.answer, undefined)
      return
    }
    if (await this.dav.handle(request, content, response)) return
    countFailure(this.#context.state, remote, this.#context.now())
    response.setHeader('WWW-Authenticate', 'Basic realm="DAV"')
    send(response, { status: 401, contentType: HTML_TYPE, body: 'Unauthorized' }, undefined)
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
    // One for each call that brings no cookie: only the newest are kept.
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest)
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

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw new Error('the request body is too large for the mailcow double')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function send(response: ServerResponse, answer: ApiAnswer, session: string | undefined): void {
  response.statusCode = answer.status
  response.setHeader('Content-Type', answer.contentType)
  if (session !== undefined) {
    response.setHeader('Set-Cookie', `MCSESSID=${session}; path=/; HttpOnly; SameSite=Lax`)
  }
  response.end(answer.body)
}

/** A mistake of the double's own, or an account store that failed: loud, and unlike anything that mailcow says. */
function sendFailure(response: ServerResponse, problem: unknown): void {
  if (response.headersSent || response.destroyed) return
  const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem)
  send(response, { status: 500, contentType: 'text/plain; charset=utf-8', body: text }, undefined)
}
