import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { deferred } from './deferred.ts'

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

/** A call that is held back. */
interface HeldCall {
  /** Resolves when the moment has come. */
  readonly reached: Promise<ApiCall>
  /** Lets it go on; resolves when mailcow has answered it. The client gets the answer too, if it is still there. */
  release(): Promise<void>
  /** Forgets the wish, when nothing came. */
  cancel(): void
}

/** Stands before the mailcow double, notes every call, and holds one back when told to. */
export interface ApiGate extends AsyncDisposable {
  readonly url: string
  readonly calls: readonly ApiCall[]
  /** Calls that write, so far. */
  writes(): readonly ApiCall[]
  /** Holds the next call that fits. `before`: mailcow does not hear of it. `after`: mailcow has done it, and its answer is held. */
  hold(when: 'before' | 'after', fits: (call: ApiCall) => boolean): HeldCall
}

export function isWrite({ method, route }: ApiCall): boolean {
  return method === 'POST' && /^(?:add|edit|delete)\//.test(route)
}

interface Hold {
  readonly when: 'before' | 'after'
  readonly fits: (call: ApiCall) => boolean
  readonly reached: (call: ApiCall) => void
  readonly released: Promise<void>
  readonly answered: () => void
}

export async function startApiGate(target: string): Promise<ApiGate> {
  const calls: ApiCall[] = []
  const holds = new Set<Hold>()
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
    const route = (incoming.url ?? '').replace(/^\/api\/v1\//, '')
    const body = Buffer.concat(chunks)
    const call: ApiCall = { method: incoming.method ?? 'GET', route, body: body.toString() }
    calls.push(call)
    const hold = [...holds].find(({ fits }) => fits(call))
    if (hold !== undefined) holds.delete(hold)
    if (hold?.when === 'before') {
      hold.reached(call)
      await hold.released
    }
    const answer = await passOn(target, incoming, body)
    call.status = answer.status
    if (hold?.when === 'after') {
      hold.reached(call)
      await hold.released
    }
    hold?.answered()
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
    hold: (when, fits) => {
      const reached = deferred<ApiCall>()
      const released = deferred<void>()
      const answered = deferred<void>()
      const hold: Hold = {
        when,
        fits,
        reached: reached.resolve,
        released: released.promise,
        answered: () => answered.resolve(undefined),
      }
      holds.add(hold)
      return {
        reached: reached.promise,
        release: () => {
          released.resolve(undefined)
          return answered.promise
        },
        cancel: () => {
          holds.delete(hold)
        },
      }
    },
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
