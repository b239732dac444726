import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import type { NoticeIntent } from '../../src/ledger/notices.ts'
import { secretKey } from '../../src/secrets/key.ts'
import { temporaryFolder } from './support.ts'

const name = { domain: 'example.at', recipient: 'anna@example.at', kind: 'hand-over', occasion: '' }
const intent: NoticeIntent = {
  ...name,
  version: 'sha256:1',
  round: 1,
  language: 'de',
  via: 'append',
  messageId: '<1@iteg.example>',
  contentHash: 'aa',
}

test('a notice is on record before and after, and among the writes', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const id = await ledger.notices.intend(intent)
  expect(await ledger.notices.find(name)).toMatchObject([{ id, attempts: 1, messageId: '<1@iteg.example>' }])
  expect((await ledger.notices.find(name))[0]?.outcome).toBeUndefined()
  expect(await ledger.writes.open('example.at')).toMatchObject([
    {
      system: 'old-server',
      operation: 'notices.append',
      item: 'anna@example.at',
      payload: { kind: 'hand-over' },
    },
  ])
  await ledger.notices.settle(id, { outcome: 'unknown', message: 'no answer' })
  await ledger.notices.settle(id, { outcome: 'delivered', place: '7' })
  expect(await ledger.notices.list('example.at')).toMatchObject([{ outcome: 'delivered', place: '7' }])
  expect(await ledger.writes.open('example.at')).toEqual([])
  await expect(ledger.notices.settle(id, { outcome: 'failed' })).rejects.toMatchObject({
    code: 'unknown_record',
  })
})

test('trying again keeps the row and every content that may be in the mailbox', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const id = await ledger.notices.intend(intent)
  await ledger.notices.settle(id, { outcome: 'failed', message: 'connection refused' })
  expect(await ledger.notices.intend({ ...intent, contentHash: 'bb' })).toBe(id)
  const [again] = await ledger.notices.find(name)
  expect(again).toMatchObject({ id, attempts: 2 })
  expect(again?.outcome).toBeUndefined()
  expect(await ledger.notices.contentsOf(id)).toEqual(['aa', 'bb'])
  const next = await ledger.notices.intend({ ...intent, round: 2, contentHash: 'cc' })
  expect(next).not.toBe(id)
  expect(await ledger.notices.contents('anna@example.at')).toEqual(['aa', 'bb', 'cc'])
  expect(await ledger.notices.contents('bernd@example.at')).toEqual([])
})

test('a hand-over makes the mailbox the user’s together with its intent', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.mailboxes.record('example.at', [{ address: 'anna@example.at', active: true }])
  await ledger.notices.intend({ ...intent, announces: true })
  expect((await ledger.mailboxes.get('anna@example.at'))?.announcedAt).toBeInstanceOf(Date)
  expect(await ledger.domains.phase('example.at')).toBe('additive')
  // Nobody was surveyed under this name: neither is there an intent.
  const stranger = { ...intent, recipient: 'x@example.at', announces: true }
  await expect(ledger.notices.intend(stranger)).rejects.toMatchObject({ code: 'unknown_record' })
  expect(await ledger.notices.list('example.at')).toHaveLength(1)
})

test('the last delta is recorded, and withdrawn', async () => {
  await using ledger = await openLedger(temporaryFolder())
  expect(await ledger.lastDeltas.get('example.at')).toBeUndefined()
  const verifiedAt = new Date('2026-11-20T22:00:00Z')
  await ledger.lastDeltas.record({ domain: 'example.at', verifiedAt })
  expect(await ledger.lastDeltas.get('example.at')).toEqual({ domain: 'example.at', verifiedAt })
  await ledger.lastDeltas.withdraw('example.at')
  expect(await ledger.lastDeltas.get('example.at')).toBeUndefined()
})

test('a reset goes from one secret to the other, and leaves no trace of one that failed', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const key = secretKey(randomBytes(32))
  const of = { domain: 'example.at', mailbox: 'anna@example.at' }
  await ledger.secrets.seal(key, { ...of, purpose: 'initial-password' }, 'first')
  const { id } = await ledger.passwordResets.begin(key, { ...of, password: 'second' })
  expect(await ledger.secrets.open(key, { ...of, purpose: 'initial-password' })).toBe('first')
  expect(await ledger.secrets.open(key, { ...of, purpose: 'next-password' })).toBe('second')
  const changedAt = new Date('2026-11-20T22:00:00Z')
  await ledger.passwordResets.markSet(key, id, 'second', changedAt)
  expect(await ledger.secrets.open(key, { ...of, purpose: 'initial-password' })).toBe('second')
  expect(await ledger.secrets.open(key, { ...of, purpose: 'next-password' })).toBeUndefined()
  await ledger.passwordResets.end(id, 'told')
  expect(await ledger.passwordResets.latest(of.mailbox)).toMatchObject({ id, state: 'told', changedAt })
  const other = await ledger.passwordResets.begin(key, { ...of, password: 'third' })
  await ledger.passwordResets.end(other.id, 'failed', 'refused')
  expect(await ledger.secrets.open(key, { ...of, purpose: 'next-password' })).toBeUndefined()
  expect(await ledger.secrets.open(key, { ...of, purpose: 'initial-password' })).toBe('second')
})
