import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { WriteIntent } from '../../src/ledger/writes.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { temporaryFolder } from './support.ts'

const addMailbox: WriteIntent = {
  domain: 'example.at',
  system: 'mailcow',
  operation: 'mailboxes.add',
  item: 'anna@example.at',
  payload: { localPart: 'anna', password: 'Vertraulich-1' },
  creates: { kind: 'mailbox', key: 'anna@example.at' },
}

test('an intent is there before its outcome, for the process that comes after a crash', async () => {
  const workDir = temporaryFolder()
  let id = 0
  {
    await using ledger = await openLedger(workDir)
    await ledger.mailboxes.record('example.at', [{ address: 'anna@example.at', active: true }])
    id = await ledger.writes.recordIntent(addMailbox)
  }
  await using ledger = await openLedger(workDir)
  expect(await ledger.writes.open('example.at')).toEqual([
    {
      id,
      domain: 'example.at',
      system: 'mailcow',
      operation: 'mailboxes.add',
      item: 'anna@example.at',
      payload: { localPart: 'anna', password: '[redacted]' },
      creates: { kind: 'mailbox', key: 'anna@example.at' },
      intendedAt: expect.any(Date),
      operator: expect.any(String),
    },
  ])
  expect(await ledger.mailboxes.get('anna@example.at')).toMatchObject({ creation: 'intended' })
  expect(await ledger.objects.isOurs('example.at', 'mailbox', 'anna@example.at')).toBe(false)
  await ledger.writes.recordOutcome(id, { outcome: 'done', remoteId: '7' })
  expect(await ledger.writes.open('example.at')).toEqual([])
  expect(await ledger.mailboxes.get('anna@example.at')).toMatchObject({ creation: 'created' })
  expect(await ledger.objects.get('example.at', 'mailbox', 'anna@example.at')).toMatchObject({
    state: 'created',
    remoteId: '7',
  })
  expect(await ledger.writes.list('example.at')).toMatchObject([
    { result: { outcome: 'done', remoteId: '7' } },
  ])
})

test('the password of a payload is in no file', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await ledger.writes.recordIntent(addMailbox)
  for (const name of readdirSync(workDir))
    expect(readFileSync(join(workDir, name), 'latin1')).not.toContain('Vertraulich')
})

test('what failed is not ours, what is unknown stays intended until it is read back', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const failed = await ledger.writes.recordIntent(addMailbox)
  await ledger.writes.recordOutcome(failed, { outcome: 'failed', message: 'object_exists' })
  expect(await ledger.objects.get('example.at', 'mailbox', 'anna@example.at')).toBeUndefined()
  const unknown = await ledger.writes.recordIntent(addMailbox)
  await ledger.writes.recordOutcome(unknown, { outcome: 'unknown', message: 'timeout' })
  expect(await ledger.objects.get('example.at', 'mailbox', 'anna@example.at')).toMatchObject({
    state: 'intended',
  })
  expect(await ledger.writes.open('example.at')).toMatchObject([
    { id: unknown, result: { outcome: 'unknown' } },
  ])
  await ledger.writes.recordOutcome(unknown, { outcome: 'done' })
  expect(await ledger.objects.isOurs('example.at', 'mailbox', 'anna@example.at')).toBe(true)
  await expect(ledger.writes.recordOutcome(unknown, { outcome: 'failed' })).rejects.toMatchObject({
    code: 'unknown_record',
  })
})

test('a failed repetition does not take away what an earlier write made', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.writes.recordOutcome(await ledger.writes.recordIntent(addMailbox), { outcome: 'done' })
  await ledger.writes.recordOutcome(await ledger.writes.recordIntent(addMailbox), { outcome: 'failed' })
  expect(await ledger.objects.isOurs('example.at', 'mailbox', 'anna@example.at')).toBe(true)
})

test('what was removed is ours no more, and can be made again', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const transport = { kind: 'transport', key: 'example.at' } as const
  const base = { domain: 'example.at', system: 'mailcow', item: 'example.at' } as const
  const make = { ...base, operation: 'transports.add', creates: transport }
  const remove = { ...base, operation: 'transports.delete', removes: transport }
  await ledger.writes.recordOutcome(await ledger.writes.recordIntent(make), {
    outcome: 'done',
    remoteId: '3',
  })
  const removal = await ledger.writes.recordIntent(remove)
  expect(await ledger.objects.isOurs('example.at', 'transport', 'example.at')).toBe(true)
  await ledger.writes.recordOutcome(removal, { outcome: 'done' })
  expect(await ledger.objects.get('example.at', 'transport', 'example.at')).toMatchObject({
    state: 'removed',
  })
  const again = await ledger.writes.recordIntent(make)
  expect(await ledger.objects.get('example.at', 'transport', 'example.at')).not.toHaveProperty('removedAt')
  await ledger.writes.recordOutcome(again, { outcome: 'done', remoteId: '4' })
  expect(await ledger.objects.list('example.at')).toMatchObject([{ state: 'created', remoteId: '4' }])
  expect(await ledger.objects.list('example.at', 'alias')).toEqual([])
  expect(await ledger.objects.list('example.com')).toEqual([])
})

test('the newest writes come first, and no more than asked for', async () => {
  await using ledger = await openLedger(temporaryFolder())
  for (const item of ['one', 'two', 'three'])
    await ledger.writes.recordIntent({ domain: 'example.at', system: 'dns', operation: 'update', item })
  expect((await ledger.writes.list('example.at', { limit: 2 })).map((write) => write.item)).toEqual([
    'three',
    'two',
  ])
  expect((await ledger.writes.open('example.at')).map((write) => write.item)).toEqual(['one', 'two', 'three'])
})

test('an endless payload is left out', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const payload = Array.from({ length: 900 }, () => 'x'.repeat(4000))
  await ledger.writes.recordIntent({ ...addMailbox, payload })
  const [write] = await ledger.writes.list('example.at')
  expect(write?.payload).toMatch(/^\[\d+ characters left out\]$/)
})
