import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

async function copied(count: number): Promise<MailboxPair> {
  const pair = await MailboxPair.make(bed)
  await pair.old.create('INBOX.Kunden')
  await pair.old.append(
    'INBOX',
    Array.from({ length: count }, (_, index) => ({ text: letter(`letter ${index}`) })),
  )
  await pair.old.append('INBOX.Kunden', [{ text: letter('customer') }])
  await pair.sync()
  return pair
}

test('a folder that has disappeared: nothing is deleted and a red finding asks; accepted, it goes', async () => {
  await using pair = await copied(5)
  const map = await pair.map()
  await pair.old.deleteFolder('INBOX.Kunden')
  const before = await pair.fresh.contents()
  const held = await pair.sync({ folderMap: map })
  expect(held).toMatchObject({ outcome: 'incomplete', changes: { deleted: 0 } })
  expect(held.findings).toMatchObject([
    { code: 'folderDisappeared', severity: 'red', folder: 'INBOX.Kunden', count: 1 },
  ])
  expect(await pair.fresh.contents()).toEqual(before)
  // It asks as long as nobody answers.
  expect((await pair.sync({ folderMap: map })).findings.map(({ code }) => code)).toEqual([
    'folderDisappeared',
  ])
  const accepted = await pair.sync({ folderMap: map, accepted: ['folderDisappeared'] })
  expect(accepted).toMatchObject({ outcome: 'complete', changes: { deleted: 1, foldersDeleted: 1 } })
  expect(Object.keys(await pair.fresh.contents())).not.toContain('Kunden')
  expect((await pair.sync()).findings).toEqual([])
})

test('more deletions than somebody tidying up: nothing goes; accepted, they go', async () => {
  await using pair = await copied(40)
  await pair.old.expunge('INBOX', (await pair.old.uids('INBOX')).slice(0, 21))
  const before = await pair.fresh.contents()
  const held = await pair.sync()
  expect(held).toMatchObject({ outcome: 'incomplete', changes: { deleted: 0 } })
  expect(held.findings).toMatchObject([{ code: 'tooManyDeletions', severity: 'red', count: 21 }])
  expect(await pair.fresh.contents()).toEqual(before)
  expect(await pair.sync({ accepted: ['tooManyDeletions'] })).toMatchObject({
    outcome: 'complete',
    changes: { deleted: 21 },
  })
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
})

test('twenty deletions are somebody tidying up', async () => {
  await using pair = await copied(40)
  await pair.old.expunge('INBOX', (await pair.old.uids('INBOX')).slice(0, 20))
  expect(await pair.sync()).toMatchObject({ outcome: 'complete', changes: { deleted: 20 }, findings: [] })
})

test('a source that is suddenly empty stops everything', async () => {
  await using pair = await copied(3)
  const map = await pair.map()
  await pair.old.expunge('INBOX', await pair.old.uids('INBOX'))
  await pair.old.deleteFolder('INBOX.Kunden')
  const before = await pair.fresh.contents()
  const stopped = await pair.sync({ folderMap: map })
  expect(stopped).toMatchObject({
    outcome: 'stopped',
    folders: [],
    findings: [{ code: 'sourceSuddenlyEmpty', severity: 'red' }],
  })
  expect(await pair.fresh.contents()).toEqual(before)
})

test('an empty source that the inventory says is not empty is red on the first run too', async () => {
  await using pair = await MailboxPair.make(bed)
  expect(await pair.sync({ expectMail: true })).toMatchObject({
    outcome: 'stopped',
    findings: [{ code: 'sourceSuddenlyEmpty' }],
  })
  expect(await pair.sync()).toMatchObject({ outcome: 'complete', findings: [] })
})

test('a folder that was renamed: its messages are moved, nothing is sent or deleted', async () => {
  await using pair = await copied(3)
  const map = await pair.map()
  await pair.old.rename('INBOX.Kunden', 'INBOX.Firmen')
  const report = await pair.sync({ folderMap: await pair.map(map) })
  expect(report).toMatchObject({
    outcome: 'complete',
    totals: { copied: 0 },
    changes: { moved: 1, deleted: 0 },
  })
  const after = await pair.fresh.contents()
  expect(after['Firmen']?.length).toBe(1)
  expect(after['Kunden']).toBeUndefined()
})
