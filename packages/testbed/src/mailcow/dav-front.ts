import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { compare } from 'bcryptjs'
import { deferred } from '../deferred.ts'
import { findDomain, findMailbox } from './lookup.ts'
import { same } from './php-values.ts'
import type { MailcowState } from './state.ts'

/** The SOGo behind the double. */
export interface SogoUpstream {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Every user's, for whoever stands before SOGo and has checked the real one. */
  readonly password: string
  /** Makes a user known to SOGo; may be repeated. */
  addUser(address: string): Promise<void>
}

export const DAV_PREFIX = '/SOGo/dav/'

/** One request of a CardDAV client. */
export interface RecordedDavCall {
  readonly method: string
  readonly path: string
  readonly user: string
  readonly status: number
}

// SOGo takes a client without a name for one of Apple's, and shows it the personal book only.
const passedOn = ['user-agent', 'content-type', 'depth', 'if-match', 'if-none-match', 'accept']

/**
 * nginx with `auth_request`: the password is checked as `sogo-auth.php` does for DAV (the mailbox's own, or an app password
 * with dav_access), and SOGo gets one that it believes.
 */
export class DavFront {
  readonly calls: RecordedDavCall[] = []
  readonly #state: MailcowState
  readonly #known = new Set<string>()
  #upstream: SogoUpstream | undefined

  constructor(state: MailcowState) {
    this.#state = state
  }

  serve(upstream: SogoUpstream): void {
    this.#upstream = upstream
  }

  /** True: answered. False: the login is refused, which the caller counts and answers. */
  async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<boolean> {
    const upstream = this.#upstream
    const method = request.method ?? 'GET'
    const path = request.url ?? '/'
    const [user = '', password = ''] = basic(request.headers.authorization)
    const address = user.toLowerCase()
    const isAllowed = await mayUseDav(this.#state, address, password)
    const record = (status: number): void => {
      this.calls.push({ method, path, user: address, status })
    }
    if (!isAllowed) {
      record(401)
      return false
    }
    if (upstream === undefined) {
      record(502)
      response.writeHead(502).end()
      return true
    }
    if (!this.#known.has(address)) {
      await upstream.addUser(address)
      this.#known.add(address)
    }
    const headers: Record<string, string> = {
      authorization: `Basic ${Buffer.from(`${address}:${upstream.password}`).toString('base64')}`,
    }
    for (const name of passedOn) {
      const value = request.headers[name]
      if (typeof value === 'string') headers[name] = value
    }
    const { status, headers: answered, content } = await ask(`${upstream.url}${path}`, method, headers, body)
    record(status)
    response.statusCode = status
    for (const name of ['content-type', 'etag', 'dav']) {
      const value = answered[name]
      if (value !== undefined) response.setHeader(name, value)
    }
    response.end(content)
    return true
  }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly content: Buffer
}

/** A connection for each request, as nginx makes them; SOGo closes those that it has answered on. */
async function ask(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Promise<Answer> {
  const answered = deferred<IncomingMessage>()
  const request = httpRequest(url, { method, headers, agent: false })
  request.once('response', answered.resolve)
  request.once('error', answered.reject)
  request.end(body)
  const answer = await answered.promise
  const chunks: Buffer[] = []
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk)
  return { status: answer.statusCode ?? 502, headers: answer.headers, content: Buffer.concat(chunks) }
}

function basic(header: string | undefined): readonly string[] {
  const [, encoded = ''] = /^Basic (.*)$/.exec(header ?? '') ?? []
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon === -1 ? [] : [text.slice(0, colon), text.slice(colon + 1)]
}

async function mayUseDav(state: MailcowState, address: string, password: string): Promise<boolean> {
  const mailbox = findMailbox(state, address)
  if (mailbox?.active !== 1 || findDomain(state, mailbox.domain)?.active !== 1) return false
  const hashes = [
    ...(mailbox.attributes['dav_access'] === '0' ? [] : [mailbox.passwordHash]),
    ...state.appPasswords
      .filter((row) => row.active === 1 && row.access.dav_access === 1 && same(row.mailbox, address))
      .map(({ passwordHash }) => passwordHash),
  ]
  for (const hash of hashes)
    if (await compare(password, hash.replace(/^\{BLF-CRYPT\}/, '').replace(/^\$2y\$/, '$2b$'))) return true
  return false
}
