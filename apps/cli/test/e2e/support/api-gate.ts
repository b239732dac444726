import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** One call of mailcow's API as it passed. */
export interface ApiCall {
  readonly method: string
  /** Behind `/api/v1/`. */
  readonly route: string
  /** As it was sent: with passwords. */
  readonly body: string
  /** Absent while it is not answered. */
  status?: number
}

/** Stands before the mailcow double, notes every call, and holds one back for ever when told to. */
export interface ApiGate extends AsyncDisposable {
  readonly url: string
  readonly calls: readonly ApiCall[]
  /** Calls that write, so far. */
  writes(): readonly ApiCall[]
  /**
   * The next call that fits never gets its answer. `before`: mailcow does not hear of it. `after`: mailcow has done it.
   * Resolves when that is so.
   */
  hold(when: 'before' | 'after', fits: (call: ApiCall) => boolean): Promise<ApiCall>
}

export function isWrite({ method, route }: ApiCall): boolean {
  return method === 'POST' && /^(?:add|edit|delete)\//.test(route)
}

interface Hold {
  readonly when: 'before' | 'after'
  readonly fits: (call: ApiCall) => boolean
  readonly reached: (call: ApiCall) => void
}

export async function startApiGate(target: string): Promise<ApiGate> {
  const calls: ApiCall[] = []
  let hold: Hold | undefined
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
    const route = (incoming.url ?? '').replace(/^\/api\/v1\//, '')
    const body = Buffer.concat(chunks)
    const call: ApiCall = { method: incoming.method ?? 'GET', route, body: body.toString() }
    calls.push(call)
    const held = hold?.fits(call) === true ? hold : undefined
    if (held !== undefined) hold = undefined
    if (held?.when === 'before') {
      held.reached(call)
      return
    }
    const answer = await passOn(target, incoming, body)
    call.status = answer.status
    if (held !== undefined) {
      held.reached(call)
      return
    }
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  }
  const server = createServer((incoming, response) => {
    // A client that was killed is no reason to complain.
    handle(incoming, response).catch(() => response.destroy())
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    writes: () => calls.filter(isWrite),
    hold: (when, fits) =>
      new Promise((resolve) => {
        hold = { when, fits, reached: resolve }
      }),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      server.closeAllConnections()
      await closed
    },
  }
}

interface Answer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Buffer
}

function passOn(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: { ...incoming.headers, host: new URL(target).host } },
      (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.once('error', reject)
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: { 'content-type': answer.headers['content-type'] ?? '' },
            body: Buffer.concat(chunks),
          }),
        )
      },
    )
    outgoing.once('error', reject)
    outgoing.end(body)
  })
}
