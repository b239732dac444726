import process from 'node:process'
import { deflateRawSync } from 'node:zlib'
import { startProxy, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedLimits, type Endpoint, type SharedLimits } from '../src/index.ts'
import { openConnection } from '../src/connection/connect.ts'
import { command } from '../src/wire/command.ts'
import { letter, tlsEndpoint } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'
import { startScriptedServer } from './support/scripted-server.ts'

let bed: Testbed

beforeAll(async () => {
  const oldSettings = 'protocol imap {\n  mail_plugins = $mail_plugins imap_zlib\n}'
  bed = await startTestbed({ only: ['imap'], oldSettings })
})

afterAll(() => bed.stop())

const bodyBytes = 20_000
const letters = Array.from({ length: 200 }, (_, index) => ({
  text: letter(`letter ${index}`, 'Guten Tag! '.repeat(bodyBytes / 11)),
}))
const large = { text: letter('large', 'x'.repeat(3_000_000)) }

function through(endpoint: Endpoint, port: number): Endpoint {
  return { ...endpoint, server: { ...endpoint.server, port } }
}

/** Copies through proxies; what they carried. */
async function copyWith(pair: MailboxPair, shared: SharedLimits) {
  await using old = await startProxy({ target: bed.old.imap })
  await using fresh = await startProxy({ target: bed.new.imap })
  const report = await pair.sync({
    source: through(pair.source, old.port),
    target: through(pair.target, fresh.port),
    shared,
    limits: { lanes: 2, batchMessages: 50 },
  })
  return { report, read: old.bytes().fromServer, written: fresh.bytes().fromClient }
}

test('always: both links carry a fraction, and everything arrives', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.append('INBOX', [...letters, large])
  const { report, read, written } = await copyWith(pair, sharedLimits({ compress: 'always' }))
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 201 } })
  expect(report.totals.bytesCopied).toBeGreaterThan(6_000_000)
  expect(read).toBeLessThan(report.totals.bytesCopied / 10)
  expect(written).toBeLessThan(report.totals.bytesCopied / 10)
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
  expect(await pair.verify({ shared: sharedLimits({ compress: 'always' }) })).toMatchObject({ ok: true })
})

test.each(['auto', 'never'] as const)('%s: not on a link to this machine', async (compress) => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.append('INBOX', letters.slice(0, 50))
  const { report, read } = await copyWith(pair, sharedLimits({ compress }))
  expect(read).toBeGreaterThan(report.totals.bytesCopied)
})

test('inside TLS', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.append('INBOX', letters.slice(0, 5))
  const account = { address: pair.address, password: pair.source.login.password }
  const { server, login } = await tlsEndpoint(bed, bed.old, account)
  for (const tls of ['implicit', 'starttls'] as const) {
    const port = tls === 'implicit' ? bed.old.imaps.port : bed.old.imap.port
    await using connection = await openConnection({ ...server, tls, port }, login, 'readOnly', {
      compress: () => true,
    })
    expect(connection.isCompressed).toBe(true)
    expect(connection.tls).toBeDefined()
    expect(await connection.session.must(command('NOOP'))).toMatchObject({ status: 'OK' })
  }
})

const capability = 'IMAP4rev1 NAMESPACE COMPRESS=DEFLATE'

test.each([
  ['a line without end', Buffer.alloc(200 * 1024 * 1024, 0x41), 'limit'],
  ['something that is not deflate', undefined, 'closed'],
])('a server that sends %s inside the stream is left', { timeout: 60_000 }, async (_, plain, code) => {
  const bomb = plain === undefined ? Buffer.alloc(1000, 0xff) : deflateRawSync(plain)
  await using server = await startScriptedServer(
    (line, say) => {
      if (line.startsWith('COMPRESS')) {
        say('TAG OK now\r\n')
        setImmediate(() => say(bomb))
      } else say('TAG OK\r\n')
    },
    '* OK hello\r\n',
    capability,
  )
  const before = process.memoryUsage().rss
  const connection = await openConnection(
    { host: '127.0.0.1', port: server.port, tls: 'none' },
    { user: 'u', password: 'p' },
    'readOnly',
    { compress: () => true, timeouts: { idleMs: 20_000 } },
  )
  await expect(connection.session.run(command('NOOP'))).rejects.toMatchObject({ code })
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
})

test('a server that says NO is spoken to without', async () => {
  await using server = await startScriptedServer(
    (line, say) => say(line.startsWith('COMPRESS') ? 'TAG NO not today\r\n' : 'TAG OK\r\n'),
    '* OK hello\r\n',
    capability,
  )
  await using connection = await openConnection(
    { host: '127.0.0.1', port: server.port, tls: 'none' },
    { user: 'u', password: 'p' },
    'readOnly',
    { compress: () => true },
  )
  expect(connection.isCompressed).toBe(false)
  expect(await connection.session.run(command('NOOP'))).toMatchObject({ status: 'OK' })
})
