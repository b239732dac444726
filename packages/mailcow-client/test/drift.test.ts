import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MailcowClient, type MailcowClientOptions } from '../src/index.ts'
import { readRecording } from './replay.ts'
import { httpServer, keepingLogger, type TestServer } from './servers.ts'

const alias = Object(readRecording('210-get-alias-id').response.body)

async function serve(body: unknown): Promise<TestServer> {
  return httpServer((request, response) => {
    const answer = request.url?.endsWith('/get/status/version') ? { version: '2031-01' } : body
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer))
  })
}

function clientOf(server: TestServer, options: Partial<MailcowClientOptions>): MailcowClient {
  const client = new MailcowClient({ url: server.url, apiKey: 'KEY', ...options })
  onTestFinished(() => client.close())
  return client
}

describe('an answer that differs from what the client knows', () => {
  const { sogo_visible: _, ...rest } = alias
  const strange = { ...rest, colour: 'blue', sender_allowed: ['?'] }

  test('is read, and reported once with the version', async () => {
    await using server = await serve(strange)
    const { logger, entries } = keepingLogger()
    const client = clientOf(server, { logger })
    await expect(client.aliases.get(17)).resolves.toMatchObject({
      id: 17,
      sogoVisible: false,
      senderAllowed: false,
    })
    await client.aliases.get(17)
    await vi.waitFor(() => expect(entries.filter(({ level }) => level === 'warn')).toHaveLength(1))
    await client.aliases.get(17)
    expect(entries.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        fields: {
          subject: 'alias',
          unknown: ['colour'],
          missing: ['sogo_visible'],
          changed: ['sender_allowed'],
          mailcowVersion: '2031-01',
        },
        message:
          'mailcow 2031-01: alias: unknown: colour; missing: sogo_visible; of another type: sender_allowed',
      },
    ])
    expect(server.requests.filter(({ url }) => url?.endsWith('version'))).toHaveLength(1)
  })

  test('is an error in strict mode', async () => {
    await using server = await serve(strange)
    await expect(clientOf(server, { strict: true }).aliases.get(17)).rejects.toMatchObject({
      code: 'unexpected_answer',
      message: expect.stringContaining('colour'),
    })
  })

  test('is an error always where it is no such thing at all', async () => {
    const { id: _id, ...anonymous } = alias
    await using server = await serve(anonymous)
    await expect(clientOf(server, {}).aliases.get(17)).rejects.toMatchObject({
      code: 'unexpected_answer',
      message: expect.stringContaining('alias.id'),
    })
  })

  test('is reported without a version where the client may not ask for it', async () => {
    await using server = await serve(strange)
    const { logger, entries } = keepingLogger()
    await clientOf(server, { logger, allow: ['get/alias'] }).aliases.get(17)
    await vi.waitFor(() => expect(entries.at(-1)?.fields).toMatchObject({ mailcowVersion: 'unknown' }))
    expect(server.requests).toHaveLength(1)
  })
})

test('a list of allowed routes stops everything else before it is sent', async () => {
  await using server = await serve({})
  const client = clientOf(server, { allow: ['get/*', 'edit/mailbox'] })
  await client.domains.list()
  await expect(client.domains.delete('acme.test')).rejects.toMatchObject({
    code: 'route_not_allowed',
    effect: 'none',
    route: 'delete/domain',
  })
  expect(server.requests).toHaveLength(1)
})

test('what is logged of a call holds no secrets', async () => {
  await using server = await serve([
    { type: 'success', log: [{ password: 'Secret-pass-1' }], msg: ['mailbox_added', 'a@acme.test'] },
  ])
  const { logger, entries } = keepingLogger()
  await clientOf(server, { logger }).mailboxes.add({
    localPart: 'a',
    domain: 'acme.test',
    name: 'A',
    password: 'Secret-pass-1',
    quotaBytes: null,
    active: true,
    forcePasswordUpdate: true,
  })
  const log = JSON.stringify(entries)
  expect(log).toContain('/add/mailbox')
  expect(log).toContain('"password":"[redacted]"')
  expect(log).not.toContain('Secret-pass-1')
  expect(log).not.toContain('KEY')
})
