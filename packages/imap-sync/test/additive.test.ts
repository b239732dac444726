import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryState } from '../src/index.ts'
import { MirrorTarget } from '../src/commands/mirror-target.ts'
import { openConnection } from '../src/connection/connect.ts'
import { command } from '../src/wire/command.ts'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

async function movedIn(): Promise<MailboxPair> {
  const pair = await MailboxPair.make(bed)
  await pair.old.create('INBOX.Kunden')
  await pair.old.append(
    'INBOX',
    Array.from({ length: 10 }, (_, index) => ({ text: letter(`letter ${index}`) })),
  )
  await pair.old.append('INBOX.Kunden', [{ text: letter('customer') }])
  await pair.sync()
  return pair
}

test('late mail is added; what people did on the new server stays as they did it', async () => {
  await using pair = await movedIn()
  const { old, fresh } = pair
  const uids = await fresh.uids('INBOX')
  await fresh.create('Sortiert')
  await fresh.expunge('INBOX', uids.slice(0, 2))
  await fresh.move('INBOX', uids.slice(2, 4), 'Sortiert')
  await fresh.store('INBOX', uids.slice(4, 5), ['\\Flagged'])
  await old.append('INBOX', [{ text: letter('late') }])
  await old.append('INBOX.Sent', [{ text: letter('sent by an old client') }])
  const before = await fresh.contents()
  const report = await pair.sync({ phase: 'additive' })
  expect(report).toMatchObject({
    outcome: 'complete',
    totals: { copied: 2 },
    changes: { flags: 0, moved: 0, deleted: 0 },
  })
  const after = await fresh.contents()
  expect(after['INBOX']?.length).toBe((before['INBOX']?.length ?? 0) + 1)
  expect(after['INBOX']).toEqual(expect.arrayContaining([...(before['INBOX'] ?? [])]))
  expect(after['Sortiert']).toEqual(before['Sortiert'])
  expect(after['Sent']?.length).toBe(1)
  expect(await pair.sync({ phase: 'additive' })).toMatchObject({
    totals: { copied: 0 },
    commands: { source: 2, target: 2 },
  })
})

test('what is moved in the old mailbox is there already, wherever its owner keeps it now', async () => {
  await using pair = await movedIn()
  const { old, fresh } = pair
  await fresh.create('Sortiert')
  await fresh.move('INBOX', (await fresh.uids('INBOX')).slice(0, 5), 'Sortiert')
  await old.move('INBOX', (await old.uids('INBOX')).slice(0, 3), 'INBOX.Kunden')
  const before = await fresh.contents()
  const report = await pair.sync({ phase: 'additive' })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 0, alreadyThere: 11 } })
  expect(await fresh.contents()).toEqual(before)
})

test('counted by content over the whole mailbox: a second copy at the source is a second one on the target', async () => {
  await using pair = await movedIn()
  const { old, fresh } = pair
  await old.append('INBOX.Kunden', [{ text: letter('letter 3') }, { text: letter('letter 3') }])
  const report = await pair.sync({ phase: 'additive' })
  expect(report).toMatchObject({ totals: { copied: 2 } })
  expect((await fresh.contents())['Kunden']?.length).toBe(3)
})

test('deletions at the source and a source that is empty change nothing', async () => {
  await using pair = await movedIn()
  const { old, fresh } = pair
  const before = await fresh.contents()
  await old.expunge('INBOX', (await old.uids('INBOX')).slice(0, 9))
  await old.deleteFolder('INBOX.Kunden')
  expect(await pair.sync({ phase: 'additive' })).toMatchObject({ changes: { deleted: 0, foldersDeleted: 0 } })
  expect(await fresh.contents()).toEqual(before)
})

test('\\Seen follows only where the flags are still those we wrote; nothing else ever does', async () => {
  await using pair = await movedIn()
  const { old, fresh } = pair
  const [there, here] = [await fresh.uids('INBOX'), await old.uids('INBOX')]
  await fresh.store('INBOX', there.slice(1, 2), ['\\Flagged'])
  await old.store('INBOX', here.slice(0, 2), ['\\Seen'])
  await old.store('INBOX', here.slice(2, 3), ['\\Answered'])
  const report = await pair.sync({ phase: 'additive' })
  expect(report.changes).toMatchObject({ flags: 1 })
  const flags = (await fresh.contents())['INBOX']
    ?.map((message) => message.split(' ').slice(2).join(' '))
    .filter((text) => text !== '')
  expect(flags?.toSorted()).toEqual(['\\flagged', '\\seen'])
})

test('a folder that its owner deleted and made again does not fill up again', async () => {
  await using pair = await movedIn()
  await pair.fresh.deleteFolder('Kunden')
  await pair.fresh.create('Kunden')
  const report = await pair.sync({ phase: 'additive' })
  expect(report).toMatchObject({ totals: { copied: 0, alreadyThere: 11 } })
  expect((await pair.fresh.contents())['Kunden']).toEqual([])
})

test('without any memory it stops and asks; accepted, it compares by content', async () => {
  await using pair = await movedIn()
  const before = await pair.fresh.contents()
  const stopped = await pair.sync({ phase: 'additive', state: memoryState() })
  expect(stopped).toMatchObject({ outcome: 'stopped', findings: [{ code: 'stateMissing', severity: 'red' }] })
  expect(await pair.fresh.contents()).toEqual(before)
  const report = await pair.sync({ phase: 'additive', state: memoryState(), accepted: ['stateMissing'] })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 0, alreadyThere: 11 } })
  expect(await pair.fresh.contents()).toEqual(before)
})

test('destructive commands cannot be reached: no key is made, and the connection refuses to send them', async () => {
  await using pair = await MailboxPair.make(bed)
  await using additive = await openConnection(pair.target.server, pair.target.login, 'additive')
  await using readOnly = await openConnection(pair.source.server, pair.source.login, 'readOnly')
  expect(() => MirrorTarget.open(additive.session, 'additive')).toThrow(/only additions/)
  const destructive = [
    command('UID EXPUNGE', '1:*'),
    command('EXPUNGE'),
    command('CLOSE'),
    command('UID MOVE', '1', '"Trash"'),
    command('DELETE', '"Trash"'),
    command('RENAME', '"Trash"', '"x"'),
    command('UNSUBSCRIBE', '"Trash"'),
    command('UID STORE', '1', '+FLAGS.SILENT (\\Deleted)'),
    command('UID STORE', '1', 'FLAGS.SILENT (\\Seen)'),
    command('UID STORE', '1', '-FLAGS.SILENT (\\Seen)'),
  ]
  for (const one of destructive)
    await expect(additive.session.run(one)).rejects.toMatchObject({ code: 'phase' })
  const writing = [
    ...destructive,
    command('SELECT', '"INBOX"'),
    command('APPEND', '"INBOX"', '{1}'),
    command('CREATE', '"x"'),
    command('SUBSCRIBE', '"x"'),
    command('UID STORE', '1', '+FLAGS.SILENT (\\Seen)'),
    command('UID FETCH', '1', 'BODY[]'),
    command('UID FETCH', '1', '(RFC822)'),
    command('UID FETCH', '1', '(UID RFC822.TEXT)'),
  ]
  for (const one of writing) await expect(readOnly.session.run(one)).rejects.toMatchObject({ code: 'phase' })
  expect(additive.session.alive && readOnly.session.alive).toBe(true)
})
