import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MailcowClient, type MailcowClientOptions, MailcowError } from '../src/index.ts'
import {
  closedPort,
  DOMAIN_ADDED,
  httpServer,
  keepingLogger,
  socketServer,
  type TestServer,
} from './servers.ts'

function clientOf(url: string, options: Partial<MailcowClientOptions> = {}): MailcowClient {
  const client = new MailcowClient({ url, apiKey: 'KEY', retry: { delayMs: 1 }, ...options })
  onTestFinished(() => client.close())
  return client
}

/** The MailcowError that a promise rejects with. */
async function failure(promise: Promise<unknown>): Promise<MailcowError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof MailcowError))
    throw new Error('it did not reject with a MailcowError', { cause: error })
  return error
}

const json = { 'Content-Type': 'application/json' }
const newDomain = { domain: 'new.test' }

describe('requests', () => {
  test('carry the key and JSON, and never a cookie', async () => {
    await using server = await httpServer((request, response) => {
      request.resume()
      response.writeHead(200, { ...json, 'Set-Cookie': 'MCSESSID=admin; path=/' })
      response.end(request.method === 'GET' ? '{}' : DOMAIN_ADDED)
    })
    const client = clientOf(server.url)
    await client.domains.list()
    await client.domains.add(newDomain)
    await client.domains.list()
    expect(server.requests.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined, undefined])
    expect(server.requests.map(({ headers }) => headers['x-api-key'])).toEqual(['KEY', 'KEY', 'KEY'])
    expect(server.requests[1]?.headers['content-type']).toBe('application/json')
    // mailcow refuses calls that look like those of a page.
    expect(server.requests[0]?.headers['sec-fetch-dest']).toBeUndefined()
  })

  test('keep the path of the URL, and take the URL of the API itself', async () => {
    await using server = await httpServer((_request, response) => response.writeHead(200, json).end('{}'))
    await clientOf(`${server.url}/mail/`).domains.list()
    await clientOf(`${server.url}/api/v1/`).domains.list()
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/mail/api/v1/get/domain/all',
      '/api/v1/get/domain/all',
    ])
  })

  test('are not more at once than allowed', async () => {
    let running = 0
    let most = 0
    await using server = await httpServer((_request, response) => {
      running += 1
      most = Math.max(most, running)
      setImmediate(() => {
        running -= 1
        response.writeHead(200, json).end('{}')
      })
    })
    const client = clientOf(server.url, { maxConcurrent: 2 })
    await Promise.all(Array.from({ length: 12 }, () => client.domains.list()))
    expect(server.requests).toHaveLength(12)
    expect(most).toBe(2)
  })
})

describe('a server that keeps one waiting', () => {
  test('that never answers: each try ends, reads are tried again', async () => {
    await using server = await httpServer(() => undefined)
    const { logger, entries } = keepingLogger()
    const error = await failure(clientOf(server.url, { timeoutMs: 60, logger }).domains.list())
    expect(error).toMatchObject({ code: 'timeout', effect: 'none', retryable: true })
    expect(error.message).toMatch(/get\/domain was not answered within 60 ms/)
    expect(entries).toHaveLength(3)
  })

  test('that never answers a write: one try, and the effect is unknown', async () => {
    await using server = await httpServer(() => undefined)
    const { logger, entries } = keepingLogger()
    const error = await failure(clientOf(server.url, { timeoutMs: 60, logger }).domains.add(newDomain))
    expect(error).toMatchObject({ code: 'timeout', effect: 'unknown' })
    expect(error.hint).toMatch(/read back/)
    expect(entries).toHaveLength(1)
  })

  test('that dribbles its body for ever', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, json)
      const dribble = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(dribble))
    })
    const error = await failure(
      clientOf(server.url, { timeoutMs: 100, retry: { attempts: 1 } }).domains.list(),
    )
    expect(error).toMatchObject({ code: 'timeout', effect: 'none' })
  })

  test('that accepts and says nothing at all, over many tries: the total ends it', async () => {
    await using server = await socketServer(() => undefined)
    const error = await failure(
      clientOf(server.url, {
        timeoutMs: 10_000,
        totalTimeoutMs: 80,
        retry: { attempts: 100 },
      }).domains.list(),
    )
    expect(error).toMatchObject({ code: 'timeout', effect: 'none' })
    expect(error.message).toMatch(/within 80 ms/)
  })

  test('that asks to come back after the time is up: its answer counts now', async () => {
    await using server = await httpServer((_request, response) =>
      response.writeHead(503, { 'Retry-After': '3600', 'Content-Type': 'text/html' }).end('<p>later</p>'),
    )
    const error = await failure(clientOf(server.url).domains.list())
    expect(error).toMatchObject({ code: 'server_error', status: 503 })
    expect(server.requests).toHaveLength(1)
  })

  test('and a fetch that ignores its signal: it settles all the same', async () => {
    const never = new Promise<never>(() => undefined)
    const error = await failure(
      clientOf('http://127.0.0.1:9', {
        fetch: () => never,
        timeoutMs: 20,
        retry: { attempts: 1 },
      }).domains.list(),
    )
    expect(error.code).toBe('timeout')
  })
})

describe('a server whose answers are too long', () => {
  test('an answer over the limit', async () => {
    await using server = await httpServer((_request, response) =>
      response.writeHead(200, json).end(JSON.stringify(['x'.repeat(5000)])),
    )
    const error = await failure(clientOf(server.url, { maxAnswerBytes: 1000 }).domains.list())
    expect(error).toMatchObject({ code: 'answer_too_large', effect: 'none' })
    expect(server.requests).toHaveLength(1)
  })

  test('an answer without an end', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, json)
      const flood = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      }
      response.on('drain', flood)
      flood()
    })
    const error = await failure(clientOf(server.url, { maxAnswerBytes: 100_000 }).domains.list())
    expect(error.code).toBe('answer_too_large')
  })

  test('an error page without an end: cut, and the message is short', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(502, { 'Content-Type': 'text/html' })
      const flood = (): void => {
        while (!response.destroyed && response.write('<b>Preparing</b> '.repeat(1000)));
      }
      response.on('drain', flood)
      flood()
    })
    const error = await failure(clientOf(server.url, { retry: { attempts: 1 } }).domains.list())
    expect(error).toMatchObject({ code: 'server_error', status: 502, retryable: true })
    expect(error.message).toMatch(/^mailcow is not ready: HTTP 502: Preparing Preparing/)
    expect(error.message.length).toBeLessThan(300)
  })
})

describe('a connection that breaks', () => {
  test('while a read is answered: the read is tried again', async () => {
    await using server = await httpServer((_request, response) => {
      if (server.requests.length < 3) response.destroy()
      else response.writeHead(200, json).end('{}')
    })
    await expect(clientOf(server.url).domains.list()).resolves.toEqual([])
    expect(server.requests).toHaveLength(3)
  })

  test('after a write was sent: never again, and the effect is unknown', async () => {
    await using server = await httpServer((request) => {
      request.resume()
      request.on('end', () => request.socket.destroy())
    })
    const error = await failure(clientOf(server.url).domains.add(newDomain))
    expect(error).toMatchObject({ code: 'network', effect: 'unknown' })
    expect(server.requests).toHaveLength(1)
  })

  test('in the middle of the answer to a write', async () => {
    await using server = await socketServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n[{"type"')
      socket.destroySoon()
    })
    const error = await failure(clientOf(server.url).domains.add(newDomain))
    expect(error).toMatchObject({ code: 'network', effect: 'unknown' })
    expect(server.received).toHaveLength(1)
  })

  test('before a write could be sent: the write is tried again', async () => {
    const port = await closedPort()
    let server: TestServer | undefined
    const starting: Promise<void>[] = []
    onTestFinished(() => server?.[Symbol.asyncDispose]())
    const begin = async (): Promise<void> => {
      server = await httpServer(
        (request, response) => {
          request.resume()
          response.writeHead(200, json).end(DOMAIN_ADDED)
        },
        undefined,
        port,
      )
    }
    const { logger } = keepingLogger(() => {
      // The first try has failed: now somebody shall listen.
      if (starting.length === 0) starting.push(begin())
    })
    const client = clientOf(`http://127.0.0.1:${port}`, {
      retry: { attempts: 20, delayMs: 20 },
      logger,
    })
    await client.domains.add(newDomain)
    expect(server?.requests.map(({ method }) => method)).toEqual(['POST'])
  })

  test('where nobody listens: refused, nothing was done, and a ban is a possible reason', async () => {
    const port = await closedPort()
    const error = await failure(clientOf(`http://127.0.0.1:${port}`).domains.add(newDomain))
    expect(error).toMatchObject({ code: 'network', effect: 'none' })
    expect(error.message).toBe(`127.0.0.1:${port}: the connection was refused`)
    expect(error.hint).toMatch(/fail2ban may have banned this address/)
  })

  test('with something that does not speak HTTP', async () => {
    await using server = await socketServer((socket) => socket.end('220 mail.example ESMTP\r\n'))
    const error = await failure(clientOf(server.url).domains.list())
    expect(error).toMatchObject({ code: 'network', message: expect.stringMatching(/the answer is not HTTP/) })
  })

  test('under a call when the client is closed', async () => {
    await using server = await httpServer(() => {
      void client.close()
    })
    const client = clientOf(server.url, { retry: { attempts: 1 } })
    await expect(failure(client.domains.list())).resolves.toMatchObject({ code: 'network' })
  })
})

describe('status codes', () => {
  test('502 twice, then all is well: a read goes through', async () => {
    await using server = await httpServer((_request, response) => {
      if (server.requests.length < 3)
        response.writeHead(502, { 'Content-Type': 'text/html' }).end('<p>Preparing</p>')
      else response.writeHead(200, json).end('{}')
    })
    await expect(clientOf(server.url).domains.list()).resolves.toEqual([])
  })

  test('502 for a write: once, effect unknown', async () => {
    await using server = await httpServer((request, response) => {
      request.resume()
      response.writeHead(502, { 'Content-Type': 'text/html' }).end('<p>Preparing</p>')
    })
    const error = await failure(clientOf(server.url).domains.add(newDomain))
    expect(error).toMatchObject({ code: 'server_error', effect: 'unknown', status: 502 })
    expect(server.requests).toHaveLength(1)
  })

  test('a redirect is not followed, and the other place never sees the key', async () => {
    await using other = await httpServer((_request, response) => response.writeHead(200, json).end('{}'))
    await using server = await httpServer((_request, response) =>
      response.writeHead(301, { Location: `${other.url}/api/v1/get/domain/all` }).end(),
    )
    const error = await failure(clientOf(server.url).domains.list())
    expect(error).toMatchObject({ code: 'redirect', status: 301 })
    expect(error.message).toContain(`redirects to ${other.url}`)
    expect(server.requests).toHaveLength(1)
    expect(other.requests).toHaveLength(0)
  })

  test('a redirect as a browser-like fetch shows it (opaque, status 0)', async () => {
    const answer = { status: 0, headers: { get: () => null }, body: null }
    const client = clientOf('http://127.0.0.1:9', { fetch: () => Promise.resolve(answer) })
    await expect(failure(client.domains.list())).resolves.toMatchObject({ code: 'redirect' })
  })
})

describe('a key that is refused', () => {
  test('is not tried again: not for this call, and not for the next ones', async () => {
    await using server = await httpServer((_request, response) =>
      response
        .writeHead(401, { 'Content-Type': 'text/html; charset=utf-8' })
        .end('{"type":"error","msg":"authentication failed"}'),
    )
    const client = clientOf(server.url)
    const first = await failure(client.domains.list())
    expect(first.code).toBe('bad_key')
    expect(first.hint).toMatch(/fail2ban bans the address/)
    const second = await failure(client.mailboxes.list())
    expect(second).toMatchObject({ code: 'locked_out', effect: 'none' })
    expect(server.requests).toHaveLength(1)
  })

  test('costs one attempt, also when many calls begin at once', async () => {
    await using server = await httpServer((_request, response) =>
      response.writeHead(401, json).end('{"type":"error","msg":"api access denied for ip 192.0.2.7"}'),
    )
    const client = clientOf(server.url)
    const errors = await Promise.all(Array.from({ length: 30 }, () => failure(client.domains.list())))
    expect(server.requests).toHaveLength(1)
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['address_forbidden', 'locked_out']))
  })

  test('is asked for again once the time-out for it is over', async () => {
    await using server = await httpServer((_request, response) => {
      if (server.requests.length === 1) response.writeHead(401, json).end('{"type":"error","msg":"no"}')
      else response.writeHead(200, json).end('{}')
    })
    const client = clientOf(server.url, { lockoutMs: 1 })
    await failure(client.domains.list())
    await vi.waitFor(() => expect(client.domains.list()).resolves.toEqual([]))
  })
})
