import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { makeCertificates } from '../src/certificates.ts'
import { memoryAccountStore } from '../src/mailcow/index.ts'
import { mailbox, RW_KEY, send, start } from './mailcow-http.ts'

test('over TLS it answers whoever trusts its certificate', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'mailcow-double-'))
  try {
    await makeCertificates(directory)
    const read = (name: string): Promise<string> => readFile(path.join(directory, name), 'utf8')
    const tls = { key: await read('server.key'), cert: await read('server.pem') }
    await using started = await start({ tls })
    expect(started.double.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    const address = `${started.double.url}/api/v1/get/status/version`
    const call = async (ca: string | undefined): Promise<unknown> => {
      const outgoing = request(address, {
        headers: { 'X-API-Key': RW_KEY },
        ...(ca === undefined ? {} : { ca }),
      })
      outgoing.end()
      const [answer] = await once(outgoing, 'response')
      return answer.statusCode
    }
    expect(await call(await read('ca.pem'))).toBe(200)
    await expect(call(undefined)).rejects.toThrow(/certificate/)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
})

test('several run side by side and know nothing of each other', async () => {
  await using one = await start()
  await using two = await start()
  await one.api.post('add/domain', { domain: 'acme.test' })
  expect(await two.api.get('get/domain/all')).toEqual({})
  expect(one.double.url).not.toBe(two.double.url)
})

test('it starts with the tables that it is given', async () => {
  const passwordPolicy = { length: '12', chars: '0', special_chars: '0', lowerupper: '1', numbers: '1' }
  await using started = await start({ seedState: { passwordPolicy } })
  expect(await started.api.get('get/passwordpolicy')).toEqual(passwordPolicy)
})

test('an account store that fails is no answer of mailcow: it is told in plain words', async () => {
  const accounts = {
    ...memoryAccountStore(),
    setMailbox: () => Promise.reject(new Error('Dovecot is away')),
  }
  await using started = await start({ accounts })
  await started.api.post('add/domain', { domain: 'acme.test' })
  const headers = { 'X-API-Key': RW_KEY, 'Content-Type': 'application/json' }
  const call = { method: 'POST', path: '/api/v1/add/mailbox', headers, body: mailbox('anna@acme.test') }
  const answer = await send(started.double.url, call)
  expect(answer).toMatchObject({ status: 500, contentType: 'text/plain; charset=utf-8' })
  expect(answer.body).toMatch(/Dovecot is away/)
  // The next call is not held up by it.
  expect(await started.api.get('get/status/version')).toEqual({ version: '2026-07a' })
})

test.each([
  ['null', '400'],
  ['"acme.test"', '200 domain_invalid'],
  ['[["acme.test"]]', '200 domain_invalid'],
  ['{"domain":["acme.test"]}', '200 nothing'],
  ['{"domain":{"a":1}}', '200 nothing'],
  ['{"__proto__":{"domain":"acme.test"}}', '200 domain_invalid'],
])('odd JSON is no reason to fall over: %s', async (body, expected) => {
  await using started = await start()
  const headers = { 'X-API-Key': RW_KEY, 'Content-Type': 'application/json' }
  const answer = await send(started.double.url, { method: 'POST', path: '/api/v1/add/domain', headers, body })
  const shown = answer.body === '' ? 'nothing' : /domain_invalid/.exec(JSON.stringify(answer.body))?.[0]
  expect([answer.status, shown].filter((part) => part !== undefined).join(' ')).toBe(expected)
  expect(started.double.state.domains).toEqual([])
})

test.each(['%', '%zz', '%E0%A4%A', '..%2f..%2fetc', '__proto__', 'constructor', 'get', 'get/', 'get//all'])(
  'an odd path is no reason to fall over: %s',
  async (part) => {
    await using started = await start()
    const headers = { 'X-API-Key': RW_KEY }
    const call = { method: 'GET', path: `/api/v1/get/${part}/all`, headers, body: null }
    expect([200, 404]).toContain((await send(started.double.url, call)).status)
  },
)
