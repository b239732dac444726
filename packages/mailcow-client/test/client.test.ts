import { describe, expect, onTestFinished, test } from 'vitest'
import { MailcowClient, type MailcowClientOptions } from '../src/index.ts'
import { httpServer } from './servers.ts'

function clientOf(url: string, options: Partial<MailcowClientOptions> = {}): MailcowClient {
  const client = new MailcowClient({ url, apiKey: 'KEY', retry: { delayMs: 1 }, ...options })
  onTestFinished(() => client.close())
  return client
}

const json = { 'Content-Type': 'application/json' }
const newDomain = { domain: 'new.test' }

describe('an abort', () => {
  test('before the call: nothing is sent', async () => {
    await using server = await httpServer(() => undefined)
    const reason = new Error('stop')
    const signal = AbortSignal.abort(reason)
    await expect(clientOf(server.url).domains.list({ signal })).rejects.toBe(reason)
    expect(server.requests).toHaveLength(0)
  })

  test('while waiting for the answer', async () => {
    const controller = new AbortController()
    const reason = new Error('stop')
    await using server = await httpServer(() => controller.abort(reason))
    await expect(clientOf(server.url).domains.add(newDomain, { signal: controller.signal })).rejects.toBe(
      reason,
    )
    expect(server.requests).toHaveLength(1)
  })

  test('while the body arrives', async () => {
    const controller = new AbortController()
    const reason = new Error('stop')
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, json)
      response.write('[')
      setImmediate(() => controller.abort(reason))
    })
    await expect(clientOf(server.url).domains.list({ signal: controller.signal })).rejects.toBe(reason)
  })

  test('while waiting for a free slot: the slot is not lost', async () => {
    const controller = new AbortController()
    await using server = await httpServer((_request, response) => {
      controller.abort()
      response.writeHead(200, json).end('{}')
    })
    const client = clientOf(server.url, { maxConcurrent: 1 })
    const first = client.domains.list()
    const second = client.domains.list({ signal: controller.signal })
    await expect(second).rejects.toThrow('aborted')
    await expect(first).resolves.toEqual([])
    await expect(client.domains.list()).resolves.toEqual([])
  })
})

describe('options', () => {
  test.each([
    ['not a URL', 'mail.example.at'],
    ['another protocol', 'ftp://mail.example.at'],
    ['a user', 'https://me@mail.example.at'],
    ['a query', 'https://mail.example.at/?x=1'],
    ['clear text to another machine', 'http://mail.example.at'],
  ])('a url with %s is refused', (_what, url) => {
    expect(() => new MailcowClient({ url, apiKey: 'KEY' })).toThrow(
      expect.objectContaining({ code: 'usage' }),
    )
  })

  test.each(['', 'KEY\r\nX-Other: 1', 'KEY\n', 'ключ'])(
    'the key %j is refused, and not repeated',
    (apiKey) => {
      const build = (): MailcowClient => new MailcowClient({ url: 'https://mail.example.at', apiKey })
      expect(build).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.not.stringContaining('KEY') }),
      )
    },
  )

  test('a time zone that is none is refused', () => {
    expect(
      () => new MailcowClient({ url: 'https://mail.example.at', apiKey: 'KEY', timeZone: 'Mars/Base' }),
    ).toThrow('Mars/Base is not a time zone')
  })
})
