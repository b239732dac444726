import { expect, test } from 'vitest'
import type { Finding, Severity } from '../../src/ledger/findings.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { temporaryFolder } from './support.ts'

function finding(code: string, item?: string, severity: Severity = 'red'): Finding {
  return {
    domain: 'example.at',
    code,
    severity,
    message: `${code} of ${item ?? 'the domain'}`,
    remedy: 'repair it',
    ...(item === undefined ? {} : { item }),
  }
}

const by = { domain: 'example.at', reason: 'agreed with the customer', who: 'paul' }

test('a survey replaces what the last one found; first seen stays', async () => {
  let now = new Date('2026-11-01T10:00:00Z')
  await using ledger = await openLedger(temporaryFolder(), { now: () => now })
  await ledger.findings.replace('example.at', 'survey', [
    finding('over-quota', 'anna@example.at'),
    finding('alias-loop', 'office@example.at', 'yellow'),
    finding('domain-exists', undefined, 'info'),
  ])
  now = new Date('2026-11-02T10:00:00Z')
  await ledger.findings.replace('example.at', 'survey', [
    finding('catch-all', undefined, 'info'),
    finding('over-quota', 'anna@example.at'),
  ])
  expect(await ledger.findings.list('example.at')).toEqual([
    {
      ...finding('over-quota', 'anna@example.at'),
      scope: 'survey',
      firstSeenAt: new Date('2026-11-01T10:00:00Z'),
      lastSeenAt: now,
    },
    { ...finding('catch-all', undefined, 'info'), scope: 'survey', firstSeenAt: now, lastSeenAt: now },
  ])
})

test('scopes do not touch each other', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.findings.replace('example.at', 'copy:anna', [finding('tooManyDeletions', 'anna')])
  await ledger.findings.replace('example.at', 'copy:bert', [finding('tooManyDeletions', 'bert')])
  await ledger.findings.replace('example.at', 'copy:anna', [])
  expect((await ledger.findings.list('example.at')).map((each) => each.item)).toEqual(['bert'])
  expect(await ledger.findings.list('example.com')).toEqual([])
})

test('red ones block until they are accepted, by code and item', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.findings.replace('example.at', 'survey', [
    finding('over-quota', 'anna'),
    finding('over-quota', 'bert'),
    finding('over-quota', 'carl', 'yellow'),
    finding('domain-flags'),
  ])
  expect(await ledger.findings.accept({ ...by, code: 'over-quota', item: 'anna' })).toMatchObject([
    { item: 'anna', reason: by.reason, who: 'paul', message: 'over-quota of anna', at: expect.any(Date) },
  ])
  expect((await ledger.findings.blocking('example.at')).map((each) => [each.code, each.item])).toEqual([
    ['domain-flags', undefined],
    ['over-quota', 'bert'],
  ])
  expect(await ledger.findings.accept({ ...by, code: 'over-quota' })).toHaveLength(2)
  expect(await ledger.findings.accept({ ...by, code: 'domain-flags' })).toHaveLength(1)
  expect(await ledger.findings.blocking('example.at')).toEqual([])
  // Accepting again says so and records nothing new.
  expect(await ledger.findings.accept({ ...by, code: 'over-quota', reason: 'another' })).toMatchObject([
    { reason: by.reason },
    { reason: by.reason },
  ])
  expect(await ledger.findings.acceptances('example.at')).toHaveLength(3)
})

test('what is not there, not red or of another domain can not be accepted', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.findings.replace('example.at', 'survey', [finding('over-quota', 'carl', 'yellow')])
  expect(await ledger.findings.accept({ ...by, code: 'over-quota', item: 'carl' })).toEqual([])
  expect(await ledger.findings.accept({ ...by, code: 'no-such-code' })).toEqual([])
  await ledger.findings.replace('example.at', 'survey', [finding('over-quota', 'carl')])
  expect(await ledger.findings.accept({ ...by, domain: 'example.com', code: 'over-quota' })).toEqual([])
  expect(await ledger.findings.acceptances('example.at')).toEqual([])
})

test('an acceptance outlives the next survey, but not the problem', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const found = [finding('tooManyDeletions', 'anna: Sent')]
  await ledger.findings.replace('example.at', 'copy', found)
  await ledger.findings.accept({ ...by, code: 'tooManyDeletions' })
  await ledger.findings.replace('example.at', 'copy', found)
  expect(await ledger.findings.blocking('example.at')).toEqual([])
  await ledger.findings.replace('example.at', 'copy', [])
  await ledger.findings.replace('example.at', 'copy', found)
  expect(await ledger.findings.blocking('example.at')).toHaveLength(1)
  expect(await ledger.findings.acceptances('example.at')).toMatchObject([{ lapsedAt: expect.any(Date) }])
  await ledger.findings.accept({ ...by, code: 'tooManyDeletions' })
  expect(await ledger.findings.blocking('example.at')).toEqual([])
  expect(await ledger.findings.acceptances('example.at')).toHaveLength(2)
})

test('an acceptance lasts while any scope still has its finding', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.findings.replace('example.at', 'survey', [finding('over-quota', 'anna')])
  await ledger.findings.replace('example.at', 'provision', [finding('over-quota', 'anna')])
  await ledger.findings.accept({ ...by, code: 'over-quota' })
  await ledger.findings.replace('example.at', 'survey', [])
  expect(await ledger.findings.blocking('example.at')).toEqual([])
  expect(await ledger.findings.acceptances('example.at')).toHaveLength(1)
})

test('wants a reason and a name, and findings of the domain', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.findings.replace('example.at', 'survey', [finding('over-quota', 'anna')])
  await expect(ledger.findings.accept({ ...by, code: 'over-quota', reason: ' ' })).rejects.toMatchObject({
    code: 'invalid_record',
  })
  await expect(ledger.findings.accept({ ...by, code: 'over-quota', who: '' })).rejects.toMatchObject({
    code: 'invalid_record',
  })
  await expect(
    ledger.findings.replace('example.com', 'survey', [finding('over-quota', 'anna')]),
  ).rejects.toMatchObject({ code: 'invalid_record' })
  expect(await ledger.findings.list('example.com')).toEqual([])
})
