import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { temporaryFolder } from './support.ts'

test('keeps what the last survey found, and what is gone since', async () => {
  await using ledger = await openLedger(temporaryFolder())
  expect(
    await ledger.mailboxes.record('example.at', [
      { address: 'anna@example.at', name: 'Anna Müller', quotaBytes: 1024 ** 4, active: true },
      { address: 'bert@example.at', quotaBytes: null, active: false },
      { address: 'carl@example.at', active: true },
    ]),
  ).toEqual({ added: ['anna@example.at', 'bert@example.at', 'carl@example.at'], vanished: [] })
  expect(await ledger.mailboxes.list('example.at')).toEqual([
    {
      address: 'anna@example.at',
      domain: 'example.at',
      name: 'Anna Müller',
      quotaBytes: 1024 ** 4,
      active: true,
      listed: true,
    },
    { address: 'bert@example.at', domain: 'example.at', quotaBytes: null, active: false, listed: true },
    { address: 'carl@example.at', domain: 'example.at', active: true, listed: true },
  ])
  expect(
    await ledger.mailboxes.record('example.at', [
      { address: 'bert@example.at', quotaBytes: 5, active: true },
      { address: 'dora@example.at', active: true },
    ]),
  ).toEqual({ added: ['dora@example.at'], vanished: ['anna@example.at', 'carl@example.at'] })
  expect(await ledger.mailboxes.get('anna@example.at')).toMatchObject({ listed: false, name: 'Anna Müller' })
  expect(await ledger.mailboxes.get('bert@example.at')).toEqual({
    address: 'bert@example.at',
    domain: 'example.at',
    quotaBytes: 5,
    active: true,
    listed: true,
  })
  expect(await ledger.mailboxes.get('nobody@example.at')).toBeUndefined()
})

test('the first hand-over mail makes the domain additive, for good', async () => {
  const workDir = temporaryFolder()
  let now = new Date('2026-11-24T20:00:00Z')
  await using ledger = await openLedger(workDir, { now: () => now })
  await ledger.mailboxes.record('example.at', [
    { address: 'anna@example.at', active: true },
    { address: 'bert@example.at', active: true },
  ])
  expect(await ledger.domains.phase('example.at')).toBe('mirror')
  await ledger.mailboxes.markAnnounced('anna@example.at')
  now = new Date('2026-11-25T20:00:00Z')
  await ledger.mailboxes.markAnnounced('anna@example.at')
  await ledger.mailboxes.markAnnounced('bert@example.at')
  await ledger.domains.makeAdditive('example.at', 'again')
  expect(await ledger.domains.phase('example.at')).toBe('additive')
  expect(await ledger.domains.get('example.at')).toMatchObject({
    phase: 'additive',
    additiveSince: new Date('2026-11-24T20:00:00Z'),
    additiveReason: 'the first hand-over mail was sent, to anna@example.at',
  })
  expect(await ledger.mailboxes.get('anna@example.at')).toMatchObject({
    announcedAt: new Date('2026-11-24T20:00:00Z'),
  })
  // A survey that comes later does not make it forget.
  await ledger.mailboxes.record('example.at', [{ address: 'anna@example.at', active: true }])
  expect(await ledger.mailboxes.get('anna@example.at')).toHaveProperty('announcedAt')
  await expect(ledger.mailboxes.markAnnounced('nobody@example.at')).rejects.toMatchObject({
    code: 'unknown_record',
  })
})

test('not even SQL takes announced or additive back', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await ledger.mailboxes.record('example.at', [{ address: 'anna@example.at', active: true }])
  await ledger.mailboxes.markAnnounced('anna@example.at')
  const database = new DatabaseSync(join(workDir, 'ledger.sqlite'))
  expect(() => database.exec('update domains set additive_since = null')).toThrow(/irreversible/)
  expect(() => database.exec('update mailboxes set announced_at = null')).toThrow(/irreversible/)
  database.close()
})

test('a domain may become additive without any hand-over: the last delta did it', async () => {
  await using ledger = await openLedger(temporaryFolder())
  expect(await ledger.domains.phase('example.at')).toBe('mirror')
  await ledger.domains.makeAdditive('example.at', 'the last delta is verified')
  expect(await ledger.domains.phase('example.at')).toBe('additive')
  expect(await ledger.domains.phase('example.com')).toBe('mirror')
})

test('keeps the newest result of each stage', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.mailboxes.record('example.at', [{ address: 'anna@example.at', active: true }])
  const result = { address: 'anna@example.at', stage: 'copy' as const }
  await ledger.mailboxes.recordResult({ ...result, state: 'failed', summary: 'login refused' })
  await ledger.mailboxes.recordResult({ ...result, state: 'done', counts: { copied: 10, alreadyThere: 2 } })
  await ledger.mailboxes.recordResult({ ...result, stage: 'verify', state: 'done' })
  expect(await ledger.mailboxes.results('example.at', 'copy')).toEqual([
    { ...result, state: 'done', at: expect.any(Date), counts: { copied: 10, alreadyThere: 2 } },
  ])
  expect(await ledger.mailboxes.results('example.at')).toHaveLength(2)
  await expect(
    ledger.mailboxes.recordResult({ address: 'nobody@example.at', stage: 'copy', state: 'done' }),
  ).rejects.toMatchObject({ code: 'unknown_record' })
})
