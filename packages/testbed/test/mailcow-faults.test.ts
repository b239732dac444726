import { expect, test } from 'vitest'
import { mailbox, RO_KEY, RW_KEY, send, start, type RawRequest, type Started } from './mailcow-http.ts'

function addDomain(domain: string): RawRequest {
  const headers = { 'X-API-Key': RW_KEY, 'Content-Type': 'application/json' }
  return { method: 'POST', path: '/api/v1/add/domain', headers, body: { domain } }
}

function wrongKey(sourceAddress: string): RawRequest {
  const headers = { 'X-API-Key': 'WRONG' }
  return { method: 'GET', path: '/api/v1/get/domain/all', headers, body: null, sourceAddress }
}

async function knows({ api }: Started, domain: string): Promise<boolean> {
  return JSON.stringify(await api.get(`get/domain/${domain}`)) !== '{}'
}

test('faults that answer do so without doing anything, once, on their route', async () => {
  await using started = await start()
  const { double } = started
  const kinds = [
    { kind: 'html502', status: 502, contentType: /^text\/html/, body: /Preparing/ },
    { kind: 'html500', status: 500, contentType: /^text\/html/, body: /Connection to database failed/ },
    { kind: 'empty200', status: 200, contentType: /json/, body: /^$/ },
  ] as const
  for (const { kind, status, contentType, body } of kinds) {
    const fault = double.fail({ kind, route: 'add/domain' })
    await started.api.get('get/domain/all')
    expect(fault.remaining).toBe(1)
    const answer = await send(double.url, addDomain(`${kind}.test`))
    expect(answer.status).toBe(status)
    expect(answer.contentType).toMatch(contentType)
    expect(answer.body).toMatch(body)
    expect(fault.remaining).toBe(0)
    expect(await knows(started, `${kind}.test`)).toBe(false)
  }
  double.fail({ kind: 'object-error', route: /^add\//, msg: 'Cannot add item' })
  const answer = await send(double.url, addDomain('object.test'))
  expect(answer).toMatchObject({ status: 200, body: { type: 'error', msg: 'Cannot add item' } })
  expect(await knows(started, 'object.test')).toBe(false)
})

test('a connection may drop before or after the call had its effect', async () => {
  await using started = await start()
  started.double.fail({ kind: 'drop-before-write', route: 'add/domain' })
  await expect(send(started.double.url, addDomain('before.test'))).rejects.toThrow(
    /socket hang up|ECONNRESET/,
  )
  started.double.fail({ kind: 'drop-after-write', route: 'add/domain' })
  await expect(send(started.double.url, addDomain('after.test'))).rejects.toThrow(/socket hang up|ECONNRESET/)
  started.double.fail({ kind: 'empty200-after-write', route: 'add/domain' })
  expect(await send(started.double.url, addDomain('empty.test'))).toMatchObject({ status: 200, body: '' })
  expect(await knows(started, 'before.test')).toBe(false)
  expect(await knows(started, 'after.test')).toBe(true)
  expect(await knows(started, 'empty.test')).toBe(true)
  expect(
    started.double.requests.filter((call) => call.path === 'add/domain').map((call) => call.status),
  ).toEqual([undefined, undefined, 200])
})

test('a slow answer waits until it is released, and others pass it', async () => {
  await using started = await start()
  const fault = started.double.fail({ kind: 'slow', route: 'add/domain' })
  let settled = false
  const slow = send(started.double.url, addDomain('slow.test')).then((answer) => {
    settled = true
    return answer
  })
  while (fault.remaining > 0) await started.api.get('get/status/version')
  expect(await knows(started, 'slow.test')).toBe(false)
  expect(settled).toBe(false)
  fault.release()
  expect((await slow).status).toBe(200)
  expect(await knows(started, 'slow.test')).toBe(true)
})

test('closing does not wait for an answer that is held back', async () => {
  const started = await start()
  const fault = started.double.fail({ kind: 'slow', route: 'add/domain' })
  const slow = send(started.double.url, addDomain('slow.test')).catch((problem: unknown) => problem)
  while (fault.remaining > 0) await started.api.get('get/status/version')
  await started.double.close()
  await started.double.close()
  expect(await slow).toBeInstanceOf(Error)
})

test('what was called is on record, without secrets', async () => {
  await using started = await start()
  await started.api.post('add/domain', { domain: 'acme.test' })
  await started.api.post('add/mailbox', mailbox('anna@acme.test'))
  await send(started.double.url, {
    method: 'GET',
    path: '/api/v1/get/mailbox/all',
    headers: { 'X-API-Key': RO_KEY },
    body: null,
  })
  expect(
    started.double.requests.map(({ method, path, access, status }) => [method, path, access, status]),
  ).toEqual([
    ['POST', 'add/domain', 'rw', 200],
    ['POST', 'add/mailbox', 'rw', 200],
    ['GET', 'get/mailbox/all', 'ro', 200],
  ])
  expect(started.double.requests[1]?.body).toMatchObject({
    local_part: 'anna',
    password: '*',
    password2: '*',
  })
})

test('wrong keys and forbidden addresses add up to a ban, unless the address is on the allow-list', async () => {
  await using started = await start({ enforceBans: true, allowedFrom: ['127.0.0.1', '127.0.0.3'] })
  const allow = { items: ['127.0.0.3'], attr: { action: 'whitelist' } }
  expect(await started.api.messages('edit/fail2ban', allow)).toEqual([
    ['success', ['object_modified', '127.0.0.3']],
  ])
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    expect((await send(started.double.url, wrongKey('127.0.0.2'))).status).toBe(401)
    expect((await send(started.double.url, wrongKey('127.0.0.3'))).status).toBe(401)
  }
  await expect(send(started.double.url, wrongKey('127.0.0.2'))).rejects.toThrow(/socket hang up|ECONNRESET/)
  expect((await send(started.double.url, wrongKey('127.0.0.3'))).status).toBe(401)
  const shown = await started.api.get('get/fail2ban')
  expect(shown).toMatchObject({ active_bans: [{ network: '127.0.0.2/32', ip: '127.0.0.2' }] })
  await started.api.post('edit/fail2ban', { items: ['127.0.0.2/32'], attr: { action: 'unban' } })
  expect((await send(started.double.url, wrongKey('127.0.0.2'))).status).toBe(401)
})
