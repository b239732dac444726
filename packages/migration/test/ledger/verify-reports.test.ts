import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { temporaryFolder } from './support.ts'

const report = { schema: 'x/1', folders: [{ source: 'INBOX.Entwürfe', hashes: ['aa', 'bb'] }] }

test('comes back as it was frozen, with the digest of its JSON', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir, { now: () => new Date('2026-11-24T20:00:00Z') })
  const frozen = await ledger.verifyReports.save({
    domain: 'example.at',
    mailbox: 'anna@example.at',
    coverage: 'full',
    green: true,
    report,
  })
  expect(frozen).toEqual({
    id: 1,
    domain: 'example.at',
    mailbox: 'anna@example.at',
    coverage: 'full',
    green: true,
    at: new Date('2026-11-24T20:00:00Z'),
    digest: createHash('sha256').update(JSON.stringify(report)).digest('hex'),
  })
  await using later = await openLedger(workDir, { mode: 'read' })
  expect(await later.verifyReports.read(1)).toEqual(report)
  expect(await later.verifyReports.list('example.at')).toEqual([frozen])
  await expect(later.verifyReports.read(2)).rejects.toMatchObject({ code: 'unknown_record' })
})

test('the newest come first, of a mailbox or of all', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const base = { domain: 'example.at', coverage: 'changes', green: false, report: 1 } as const
  await ledger.verifyReports.save({ ...base, mailbox: 'anna@example.at' })
  await ledger.verifyReports.save(base)
  await ledger.verifyReports.save({ ...base, mailbox: 'anna@example.at' })
  const ids = async (options?: { readonly mailbox?: string; readonly limit?: number }) =>
    (await ledger.verifyReports.list('example.at', options)).map((each) => each.id)
  expect(await ids()).toEqual([3, 2, 1])
  expect(await ids({ mailbox: 'anna@example.at' })).toEqual([3, 1])
  expect(await ids({ limit: 1 })).toEqual([3])
})

test('evidence can not be changed, and changed evidence is noticed', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await ledger.verifyReports.save({ domain: 'example.at', coverage: 'full', green: false, report })
  await ledger.verifyReports.save({ domain: 'example.at', coverage: 'full', green: true, report: 'another' })
  const database = new DatabaseSync(join(workDir, 'ledger.sqlite'))
  expect(() => database.exec('update verify_reports set green = 1')).toThrow(/evidence/)
  database.exec(`
    drop trigger verify_reports_are_frozen;
    update verify_reports set body = (select body from verify_reports where id = 2) where id = 1;
    update verify_reports set body = x'00' where id = 2;
  `)
  database.close()
  await expect(ledger.verifyReports.read(1)).rejects.toMatchObject({
    code: 'ledger_damaged',
    message: expect.stringContaining('digest'),
  })
  await expect(ledger.verifyReports.read(2)).rejects.toMatchObject({ code: 'ledger_damaged' })
})
