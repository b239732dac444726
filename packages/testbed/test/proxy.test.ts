import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProxy, startTestbed } from '../src/index.ts'
import type { Proxy, Testbed } from '../src/index.ts'
import { RawImap } from './raw-imap.ts'

let bed: Testbed
let users = 0
beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})
afterAll(() => bed?.stop())

interface Session extends AsyncDisposable {
  readonly proxy: Proxy
  /** Logged in through the proxy. */
  readonly imap: RawImap
  /** Messages in the inbox, asked for without the proxy. */
  stored(): Promise<number>
}

async function session(): Promise<Session> {
  users += 1
  const { address, password } = await bed.addOldMailbox(`user${users}@proxy.test`)
  const proxy = await startProxy({ target: bed.old.imap })
  const imap = await RawImap.login(proxy, address, password)
  return {
    proxy,
    imap,
    stored: async () => {
      await using direct = await RawImap.login(bed.old.imap, address, password)
      const [line = ''] = (await direct.command('STATUS INBOX (MESSAGES)')).untagged
      return Number(/MESSAGES (\d+)/.exec(line)?.[1])
    },
    [Symbol.asyncDispose]: async () => {
      await imap[Symbol.asyncDispose]()
      await proxy.stop()
    },
  }
}

const message = Buffer.from(`Subject: x\r\n\r\nt1 OK this is no answer\r\n${'body\r\n'.repeat(2000)}`)

test('commands are counted, whatever the literals hold', async () => {
  await using one = await session()
  await one.imap.command('NOOP')
  await one.imap.command('APPEND INBOX', Buffer.from('Subject: x\r\n\r\na9 DELETE INBOX\r\n'))
  await one.imap.command('EXAMINE INBOX')
  await one.imap.command('UID FETCH 1:* (FLAGS BODY.PEEK[])')
  expect(one.proxy.commands().map(({ name }) => name)).toEqual([
    'LOGIN',
    'NOOP',
    'APPEND',
    'EXAMINE',
    'UID FETCH',
  ])
  expect([one.proxy.count('APPEND'), one.proxy.count(/BODY\.PEEK/), one.proxy.count('DELETE')]).toEqual([
    1, 1, 0,
  ])
  expect(JSON.stringify(one.proxy.commands())).not.toContain('user-Passw0rd')
  expect(one.proxy.connections()).toEqual({ open: 1, total: 1 })
})

test('an answer can be held back: the message is stored, and the client does not know', async () => {
  await using one = await session()
  const hold = one.proxy.intercept({ command: /APPEND/, skip: 1, when: 'answered', action: 'hold' })
  expect((await one.imap.command('APPEND INBOX', message)).status).toBe('OK')
  const answer = one.imap.command('APPEND INBOX', message)
  expect((await one.proxy.held()).name).toBe('APPEND')
  expect(await one.stored()).toBe(2)
  hold.release()
  expect((await answer).status).toBe('OK')
  expect((await one.imap.command('NOOP')).status).toBe('OK')
})

test('a command can be stopped halfway: nothing is stored until it goes on', async () => {
  await using one = await session()
  const hold = one.proxy.intercept({ command: /APPEND/, when: 'midway', bytes: 5000, action: 'hold' })
  const answer = one.imap.command('APPEND INBOX', message)
  await hold.happened
  expect(await one.stored()).toBe(0)
  hold.release()
  expect((await answer).status).toBe('OK')
  expect(await one.stored()).toBe(1)
})

test('a command can be kept from the server altogether', async () => {
  await using one = await session()
  const hold = one.proxy.intercept({
    command: ({ name }) => name === 'APPEND',
    when: 'arrived',
    action: 'hold',
  })
  const answer = one.imap.command('APPEND INBOX', message)
  await hold.happened
  const before = one.proxy.bytes().fromClient
  expect(await one.stored()).toBe(0)
  one.proxy.release()
  expect((await answer).status).toBe('OK')
  expect(one.proxy.bytes().fromClient - before).toBeGreaterThan(message.length)
})

test('all answers can be held from the moment a command was sent', async () => {
  await using one = await session()
  const hold = one.proxy.intercept({ command: /NOOP/, when: 'sent', action: 'hold' })
  const answer = one.imap.command('NOOP')
  await hold.happened
  const passed = one.proxy.bytes().fromServer
  hold.release()
  expect((await answer).status).toBe('OK')
  expect(one.proxy.bytes().fromServer).toBeGreaterThan(passed)
})

test.for([
  { when: 'arrived', stored: 0 },
  { when: 'midway', bytes: 5000, stored: 0 },
  { when: 'sent', stored: 1 },
  { when: 'answered', stored: 1 },
] as const)('cut when $when: the server has $stored of one message', async ({ stored, ...rule }) => {
  await using one = await session()
  const cut = one.proxy.intercept({ command: /APPEND/, action: 'cut', ...rule })
  const answer = await one.imap.command('APPEND INBOX', message)
  expect(answer.status).toBe('EOF')
  expect((await cut.happened).name).toBe('APPEND')
  // The server may still be busy with what it has got: its log out of the session says when it is done.
  await expect.poll(() => one.stored()).toBe(stored)
  await expect.poll(() => one.proxy.connections().open).toBe(0)
})

test('a connection can be cut after so many bytes, from either side', async () => {
  for (const from of ['client', 'server'] as const) {
    await using one = await session()
    await one.imap.command('APPEND INBOX', message)
    await one.imap.command('EXAMINE INBOX')
    one.proxy.cutAfterBytes(2000, from)
    const line = from === 'client' ? 'APPEND INBOX' : 'FETCH 1 BODY.PEEK[]'
    const answer = await one.imap.command(line, from === 'client' ? message : undefined)
    expect(answer.status).toBe('EOF')
    expect(await one.stored()).toBe(1)
  }
})

test('connections can be refused for a while, and all be cut', async () => {
  await using one = await session()
  one.proxy.refuse(true)
  expect((await RawImap.connect(one.proxy)).greeting).toBe('')
  expect((await one.imap.command('NOOP')).status).toBe('OK')
  one.proxy.cutAll()
  expect((await one.imap.command('NOOP')).status).toBe('EOF')
  one.proxy.refuse(false)
  await using again = await RawImap.connect(one.proxy)
  expect(again.greeting).toContain('* OK')
})

test('latency and rate change when bytes arrive, not which', async () => {
  await using one = await session()
  await one.imap.command('APPEND INBOX', message)
  await one.imap.command('EXAMINE INBOX')
  const fast = await one.imap.command('FETCH 1 BODY.PEEK[]')
  one.proxy.setSpeed({ latencyMs: 20, bytesPerSecond: 200_000 })
  const started = performance.now()
  const slow = await one.imap.command('FETCH 1 BODY.PEEK[]')
  // 12 KB at 200 KB/s and twice the latency: not less than this, however fast the machine is.
  expect(performance.now() - started).toBeGreaterThan(90)
  expect(slow).toEqual(fast)
})

test('a proxy whose server is away closes its connections', async () => {
  await using proxy = await startProxy({ target: { host: '127.0.0.1', port: 1 } })
  expect((await RawImap.connect(proxy)).greeting).toBe('')
  await expect.poll(() => proxy.connections().open).toBe(0)
})

test('asking for a hold that was never set is an error', async () => {
  await using proxy = await startProxy({ target: bed.old.imap })
  await expect(proxy.held()).rejects.toThrow('call intercept() first')
})
