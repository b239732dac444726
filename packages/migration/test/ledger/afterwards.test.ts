import { DatabaseSync } from 'node:sqlite'
import { gunzipSync } from 'node:zlib'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createKeyFile, openKeyFile } from '../../src/secrets/key-file.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { temporaryFolder } from './support.ts'

const domain = 'example.at'

async function everything<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

it('keeps who wrote what, and lets nothing be taken out of the log or changed', async () => {
  const folder = temporaryFolder()
  {
    await using ledger = await openLedger(folder, { operator: 'jana' })
    for (const item of ['one', 'two']) {
      const id = await ledger.writes.recordIntent({ domain, system: 'mailcow', operation: 'add', item })
      await ledger.writes.recordOutcome(id, { outcome: 'done' })
    }
    await ledger.writes.recordIntent({ domain: 'other.at', system: 'dns', operation: 'update', item: 'mx' })
    const all = await everything(ledger.writes.log())
    expect(all).toMatchObject([
      { item: 'one', operator: 'jana', result: { outcome: 'done' } },
      { item: 'two', operator: 'jana' },
      { domain: 'other.at', item: 'mx' },
    ])
    expect(await everything(ledger.writes.log({ domain: 'other.at' }))).toHaveLength(1)
    expect(await everything(ledger.writes.log({ since: new Date(Date.now() + 60_000) }))).toEqual([])
  }
  using database = new DatabaseSync(join(folder, 'ledger.sqlite'))
  expect(() => database.exec('delete from writes')).toThrow('only grows')
  expect(() => database.exec("update writes set operator = 'somebody'")).toThrow('only grows')
  expect(() => database.exec("update writes set item = 'three' where id = 1")).toThrow('only grows')
})

it('reads a log that is longer than a portion, each write once and in order', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.domains.ensure(domain)
  using database = new DatabaseSync(join(ledger.workDir, 'ledger.sqlite'))
  database.exec(`
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500)
    insert into writes (domain, system, operation, item, intended_at)
    select '${domain}', 'mailcow', 'add', i, '2026-01-01T00:00:00.000Z' from n`)
  const items = await everything(ledger.writes.log({ domain }))
  expect(items.map(({ item }) => Number(item))).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1))
})

it('keeps no subject of a message, neither set aside nor in a report', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const state = ledger.syncState(`anna@${domain}`)
  const folder = {
    source: 'INBOX',
    target: 'INBOX',
    sourceUidValidity: 1,
    targetUidValidity: 2,
    created: false,
  }
  const record = { uid: 7, reason: 'too large', file: '7.eml', bytes: 9 }
  await state.commit([
    { kind: 'folder', folder },
    { kind: 'setAside', source: 'INBOX', messages: [{ ...record, subject: 'Kündigung Huber' }] },
  ])
  expect((await state.messages('INBOX')).setAside).toEqual([record])
  const report = { mailboxes: [{ setAside: [{ uid: 7, subject: 'Kündigung Huber' }] }] }
  const run = await ledger.stages.start(domain, 'copy')
  await ledger.stages.finish(run.id, { state: 'done', report })
  await ledger.verifyReports.save({ domain, coverage: 'full', green: true, report })
  using database = new DatabaseSync(join(ledger.workDir, 'ledger.sqlite'))
  for (const table of ['stage_reports', 'verify_reports']) {
    const body = database.prepare(`select body from ${table}`).get()?.['body']
    if (!(body instanceof Uint8Array)) throw new Error('no body')
    expect(gunzipSync(body).toString()).toBe('{"mailboxes":[{"setAside":[{"uid":7}]}]}')
  }
})

it('knows the numbers of all app passwords that were ever ours', async () => {
  const folder = temporaryFolder()
  await using ledger = await openLedger(join(folder, 'data'))
  const file = join(folder, 'key')
  await createKeyFile(file, { workDir: ledger.workDir })
  const key = await openKeyFile(file, { workDir: ledger.workDir })
  const mailbox = `anna@${domain}`
  for (const number of ['4', '9']) {
    await ledger.appPasswords.intend(key, { domain, mailbox, name: 'ours', password: 'x' })
    await ledger.appPasswords.markCreated(mailbox, 'ours', number)
    await ledger.appPasswords.markRemoved(mailbox, 'ours')
  }
  expect(await ledger.appPasswords.numbers(domain)).toEqual(new Set(['4', '9']))
})

it('remembers when our first password was set, and replaces it only by a reset of ours', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const mailbox = `anna@${domain}`
  const first = new Date('2026-11-01T10:00:00.000Z')
  await ledger.initialPasswords.record([{ domain, mailbox, changedAt: first }])
  await ledger.initialPasswords.record([{ domain, mailbox, changedAt: new Date('2026-11-05T10:00:00.000Z') }])
  expect(await ledger.initialPasswords.list(domain)).toEqual(new Map([[mailbox, first]]))
})
