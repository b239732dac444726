import { once } from 'node:events'
import { startProxy, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

const letters = (count: number, bytes = 100) =>
  Array.from({ length: count }, (_, index) => ({ text: letter(`letter ${index}`, 'x'.repeat(bytes)) }))

test('a full target stops the mailbox with one finding; with room it goes on where it was', async () => {
  await using pair = await MailboxPair.make(bed, { quotaBytes: 1024 * 1024 })
  await pair.old.append('INBOX', letters(30, 100_000))
  const report = await pair.sync({ limits: { batchMessages: 3, lanes: 2 } })
  expect(report.outcome).toBe('incomplete')
  expect(report.findings).toMatchObject([{ code: 'overQuota', severity: 'red', folder: 'INBOX' }])
  expect(report.totals.copied).toBeGreaterThan(0)
  expect(report.totals.copied).toBeLessThan(20)
  expect((await pair.fresh.contents())['INBOX']?.length).toBe(report.totals.copied)
  await bed.addNewMailbox(pair.address, { quotaBytes: 100 * 1024 * 1024 })
  const next = await pair.sync()
  expect(next).toMatchObject({ outcome: 'complete', totals: { copied: 30 - report.totals.copied } })
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
})

test('a login that is refused is tried once, on the side where it is wrong', async () => {
  await using pair = await MailboxPair.make(bed)
  await using proxy = await startProxy({ target: bed.old.imap })
  const map = await pair.map()
  const source = {
    server: { ...pair.source.server, port: proxy.port },
    login: { user: pair.address, password: 'wrong' },
  }
  await expect(pair.sync({ source, folderMap: map })).rejects.toMatchObject({
    name: 'ImapSyncError',
    code: 'login',
    side: 'source',
    retryable: false,
  })
  expect(proxy.connections().total).toBe(1)
})

test('the error of a refused login holds no password', async () => {
  await using pair = await MailboxPair.make(bed)
  const map = await pair.map()
  const target = { ...pair.target, login: { user: pair.address, password: 'geheim-123' } }
  const error: unknown = await pair.sync({ target, folderMap: map }).catch((reason: unknown) => reason)
  const { inspect } = await import('node:util')
  expect(inspect(error, { depth: 10 })).not.toContain('geheim-123')
  expect(inspect(error)).toContain('login refused')
})

test('a server that cannot be reached is tried again for a while, then named', async () => {
  await using pair = await MailboxPair.make(bed)
  const map = await pair.map()
  const target = { ...pair.target, server: { host: '127.0.0.1', port: 1, tls: 'none' as const } }
  await expect(pair.sync({ target, folderMap: map, limits: { reconnects: 2 } })).rejects.toMatchObject({
    code: 'connect',
    side: 'target',
  })
  expect(pair.events.filter(({ kind }) => kind === 'reconnecting').length).toBe(2)
})

test('an unknown certificate is refused, a pinned one is taken', async () => {
  await using pair = await MailboxPair.make(bed)
  const map = await pair.map()
  const server = { ...bed.new.imaps, tls: 'implicit' as const }
  await expect(pair.sync({ target: { ...pair.target, server }, folderMap: map })).rejects.toMatchObject({
    code: 'tls',
  })
  const { connect } = await import('node:tls')
  const socket = connect({ ...bed.new.imaps, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const fingerprint = socket.getPeerCertificate().fingerprint256 ?? ''
  socket.destroy()
  const pinned = { ...server, tlsOptions: { fingerprint } }
  await pair.old.append('INBOX', letters(3))
  expect(await pair.sync({ target: { ...pair.target, server: pinned } })).toMatchObject({
    outcome: 'complete',
    totals: { copied: 3 },
  })
  const other = { ...server, tlsOptions: { fingerprint: fingerprint.replace(/^../, '00') } }
  await expect(pair.sync({ target: { ...pair.target, server: other } })).rejects.toMatchObject({
    code: 'tls',
  })
})

test('messages that vanish while they are copied are counted as that', async () => {
  await using pair = await MailboxPair.make(bed)
  await using proxy = await startProxy({ target: bed.old.imap })
  await pair.old.append('INBOX', letters(10))
  const held = proxy.intercept({ command: /BODY\.PEEK/, when: 'arrived', action: 'hold' })
  const source = { ...pair.source, server: { ...pair.source.server, port: proxy.port } }
  const running = pair.sync({ source })
  await held.happened
  await pair.old.expunge('INBOX', (await pair.old.uids('INBOX')).slice(3, 6))
  held.release()
  expect(await running).toMatchObject({ outcome: 'complete', totals: { exists: 10, copied: 7, vanished: 3 } })
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
})

test('a folder that vanishes during the copy harms no other', async () => {
  await using pair = await MailboxPair.make(bed)
  await using proxy = await startProxy({ target: bed.old.imap })
  await pair.old.create('INBOX.Weg')
  await pair.old.append('INBOX', letters(5))
  await pair.old.append('INBOX.Weg', letters(5))
  const map = await pair.map()
  const held = proxy.intercept({ command: /EXAMINE "INBOX\.Weg"/, skip: 1, when: 'arrived', action: 'hold' })
  const source = { ...pair.source, server: { ...pair.source.server, port: proxy.port } }
  const running = pair.sync({ source, folderMap: map, limits: { lanes: 1 } })
  await held.happened
  await pair.old.deleteFolder('INBOX.Weg')
  held.release()
  const report = await running
  expect(report.totals).toMatchObject({ copied: 5, vanished: 5 })
  expect(report.outcome).toBe('complete')
  expect((await pair.fresh.contents())['INBOX']?.length).toBe(5)
})

test('a folder that appears after the map was made is named, not silently left out', async () => {
  await using pair = await MailboxPair.make(bed)
  const map = await pair.map()
  await pair.old.create('INBOX.Neu')
  await pair.old.append('INBOX.Neu', letters(2))
  const report = await pair.sync({ folderMap: map })
  expect(report).toMatchObject({
    outcome: 'incomplete',
    findings: [{ code: 'folderUnmapped', folder: 'INBOX.Neu', count: 2 }],
  })
  expect(await pair.sync({ folderMap: await pair.map(map) })).toMatchObject({
    outcome: 'complete',
    totals: { copied: 2 },
  })
})

test('a server that is silent is left after a while and asked again', async () => {
  await using pair = await MailboxPair.make(bed)
  await using proxy = await startProxy({ target: bed.new.imap })
  await pair.old.append('INBOX', letters(4))
  const map = await pair.map()
  const silence = proxy.intercept({ command: /APPEND/, when: 'answered', action: 'hold' })
  const { syncMailbox } = await import('../src/index.ts')
  const report = await syncMailbox(
    {
      source: pair.source,
      target: { ...pair.target, server: { ...pair.target.server, port: proxy.port } },
      folderMap: map,
      state: pair.state,
      phase: 'mirror',
      setAsideDirectory: pair.setAsideDirectory,
    },
    { timeouts: { idleMs: 400, backoffMs: 5 } },
  )
  await silence.happened
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 4 } })
  expect((await pair.fresh.contents())['INBOX']?.length).toBe(4)
})

test('aborted, it stops with the given reason, and the next run goes on', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.append('INBOX', letters(20))
  const abort = new AbortController()
  const reason = new Error('Ctrl-C')
  const running = pair.sync({ limits: { batchMessages: 2, lanes: 1 } }, abort.signal)
  const watch = setInterval(() => {
    if (pair.events.some(({ kind }) => kind === 'copied')) abort.abort(reason)
  }, 1)
  await expect(running).rejects.toBe(reason)
  clearInterval(watch)
  const report = await pair.sync()
  expect(report.outcome).toBe('complete')
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
})

test('logged in as a master user on both sides', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.append('INBOX', letters(3))
  const as = (side: Pick<Testbed['old'], 'master'>) => ({
    user: `${pair.address}*${side.master.user}`,
    password: side.master.password,
  })
  const report = await pair.sync({
    source: { ...pair.source, login: as(bed.old) },
    target: { ...pair.target, login: as(bed.new) },
  })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 3 } })
})
