import { startProxy, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedLimits } from '../src/index.ts'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'

// A server that allows few connections, and our own caps for them: over all mailboxes of a process.

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'], oldSettings: 'mail_max_userip_connections = 3' })
})

afterAll(() => bed.stop())

const letters = Array.from({ length: 60 }, (_, index) => ({
  text: letter(`letter ${index}`, 'x'.repeat(3000)),
}))

test('a server that allows fewer connections than lanes is no wrong password: the rest goes on', async () => {
  // One connection is the test's own: two are left for four lanes.
  await using pair = await MailboxPair.make(bed)
  await pair.old.append('INBOX', letters)
  const report = await pair.sync({ limits: { lanes: 4, batchMessages: 5 } })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 60 } })
})

test('with no connection left at all it waits, says so and goes on when there is one', async () => {
  await using pair = await MailboxPair.make(bed)
  const map = await pair.map()
  await pair.old.append('INBOX', letters.slice(0, 5))
  const { MailboxClient } = await import('./support/mailbox.ts')
  const others = await Promise.all([MailboxClient.open(pair.source), MailboxClient.open(pair.source)])
  pair.onEvent = ({ kind }) => {
    if (kind === 'waiting') for (const other of others.splice(0)) void other[Symbol.asyncDispose]()
  }
  const report = await pair.sync({ folderMap: map })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 5 } })
  const [waited] = pair.events.filter(({ kind }) => kind === 'waiting')
  expect(waited).toMatchObject({
    reason: 'backoff',
    side: 'source',
    message: expect.stringMatching(/connection/i),
  })
})

test('four mailboxes at once never have more connections open than they may', async () => {
  const pairs = await Promise.all(Array.from({ length: 4 }, () => MailboxPair.make(bed)))
  await using proxy = await startProxy({ target: bed.new.imap })
  const shared = sharedLimits({ connections: { target: 2 } })
  let most = 0
  const reports = await Promise.all(
    pairs.map(async (pair) => {
      await pair.old.append('INBOX', letters)
      pair.onEvent = () => {
        most = Math.max(most, proxy.connections().open)
      }
      const target = { ...pair.target, server: { ...pair.target.server, port: proxy.port } }
      return pair.sync({ target, shared, limits: { lanes: 2, batchMessages: 10 } })
    }),
  )
  expect(reports.map(({ outcome, totals }) => [outcome, totals.copied])).toEqual(
    pairs.map(() => ['complete', 60]),
  )
  expect(most).toBe(2)
  expect(
    pairs.some(({ events }) =>
      events.some((event) => event.kind === 'waiting' && event.reason === 'connection'),
    ),
  ).toBe(true)
  await Promise.all(pairs.map((pair) => pair[Symbol.asyncDispose]()))
})

test('a wrong master password is tried twice, by however many mailboxes at once', async () => {
  const pairs = await Promise.all(Array.from({ length: 6 }, () => MailboxPair.make(bed)))
  await using proxy = await startProxy({ target: bed.old.imap })
  const shared = sharedLimits()
  const codes = await Promise.all(
    pairs.map(async (pair) => {
      const source = {
        server: { ...pair.source.server, port: proxy.port },
        login: { user: `${pair.address}*migrator`, password: 'wrong' },
      }
      const folderMap = await pair.map()
      return pair.sync({ source, folderMap, shared }).then(
        () => 'copied',
        (error: unknown) => (error instanceof Error && 'code' in error ? error.code : 'other'),
      )
    }),
  )
  expect(codes.map(String).toSorted()).toEqual([
    'login',
    'login',
    'loginBudget',
    'loginBudget',
    'loginBudget',
    'loginBudget',
  ])
  expect(proxy.connections().total).toBe(2)
  await Promise.all(pairs.map((pair) => pair[Symbol.asyncDispose]()))
})

test('the cap for bytes per second holds for all mailboxes together', async () => {
  const pairs = await Promise.all([MailboxPair.make(bed), MailboxPair.make(bed)])
  const shared = sharedLimits({ maxBytesPerSecond: 200_000 })
  const startedAt = performance.now()
  await Promise.all(
    pairs.map(async (pair) => {
      await pair.old.append('INBOX', letters)
      return pair.sync({ shared })
    }),
  )
  const bytes = pairs.length * 60 * 3000
  expect(performance.now() - startedAt).toBeGreaterThan((bytes / 200_000) * 1000 * 0.9)
  expect(pairs.flatMap(({ events }) => events)).toContainEqual(
    expect.objectContaining({ kind: 'waiting', reason: 'throttled' }),
  )
  // One batch takes a second here: what is on its way is told meanwhile.
  expect(pairs.flatMap(({ events }) => events)).toContainEqual({
    kind: 'underWay',
    messages: expect.any(Number),
    bytes: expect.any(Number),
  })
  await Promise.all(pairs.map((pair) => pair[Symbol.asyncDispose]()))
})
