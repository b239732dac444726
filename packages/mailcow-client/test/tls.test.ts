import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { MailcowClient, type MailcowError, isMailcowError } from '../src/index.ts'
import { type Certificates, httpServer, makeCertificates, socketServer, type TestServer } from './servers.ts'

let certificates: Certificates
beforeAll(() => {
  certificates = makeCertificates()
})

type Kind = Exclude<keyof Certificates, 'ca'>

function serve(kind: Kind): Promise<TestServer> {
  return httpServer(
    (_request, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}'),
    certificates[kind],
  )
}

async function outcome(url: string, ca?: string): Promise<unknown> {
  await using client = new MailcowClient({ url, apiKey: 'KEY', tls: { ca }, retry: { attempts: 1 } })
  return await client.domains.list().catch((error: unknown) => error)
}

function problem(error: unknown): Pick<MailcowError, 'code' | 'message' | 'hint' | 'effect'> | undefined {
  if (!isMailcowError(error)) return undefined
  return { code: error.code, message: error.message, hint: error.hint, effect: error.effect }
}

describe('certificates', () => {
  test('of the given authority are trusted', async () => {
    await using server = await serve('good')
    expect(await outcome(server.url, certificates.ca)).toEqual([])
  })

  test('that are self-signed are trusted when they are given themselves', async () => {
    await using server = await serve('selfSigned')
    expect(await outcome(server.url, certificates.selfSigned.cert)).toEqual([])
  })

  test.each<[Kind, boolean, RegExp, RegExp]>([
    ['expired', true, /certificate has expired/, /Renew it/],
    ['otherName', true, /certificate is for another name \(DNS:mail\.other\.example\)/, /ADDITIONAL_SAN/],
    ['selfSigned', false, /certificate is self-signed/, /tls\.ca/],
    ['good', false, /comes from an unknown authority/, /tls\.ca/],
  ])('%s (authority given: %s): says what is wrong and what to do', async (kind, isGiven, message, hint) => {
    await using server = await serve(kind)
    expect(problem(await outcome(server.url, isGiven ? certificates.ca : undefined))).toEqual({
      code: 'tls',
      effect: 'none',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
    expect(server.requests).toHaveLength(0)
  })

  test('are verified also where the environment says not to', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    onTestFinished(() => {
      vi.unstubAllEnvs()
    })
    await using server = await serve('selfSigned')
    expect(problem(await outcome(server.url))?.code).toBe('tls')
    expect(server.requests).toHaveLength(0)
  })

  test('cannot be had from a server that speaks plain HTTP', async () => {
    await using server = await httpServer((_request, response) => response.end())
    expect(problem(await outcome(server.url.replace('http:', 'https:')))).toMatchObject({
      code: 'tls',
      hint: expect.stringMatching(/HTTPS port/),
    })
  })

  test('cannot be had from a server that hangs up', async () => {
    await using server = await socketServer((socket) => socket.destroy())
    expect(problem(await outcome(server.url.replace('http:', 'https:')))).toMatchObject({
      code: 'network',
      effect: 'none',
    })
  })
})
