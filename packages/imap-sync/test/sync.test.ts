import { chmod } from 'node:fs/promises'
import path from 'node:path'
import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

test('a mailbox arrives whole: folders, flags, keywords, dates, subscriptions, empty folders', async () => {
  await using pair = await MailboxPair.make(bed)
  const { old, fresh } = pair
  await old.create('INBOX.Kunden', { subscribed: true })
  await old.create('INBOX.Kunden.Müller & Söhne')
  await old.create('INBOX.leer.unten', { subscribed: true })
  await old.append('INBOX', [
    { text: letter('one'), flags: ['\\Seen'], date: ' 1-Jan-2001 01:02:03 -0330' },
    { text: letter('two'), flags: ['\\Flagged', '\\Answered', '$Forwarded', 'NonJunk', '$Label1'] },
    { text: letter('three'), flags: ['\\Draft', '\\Deleted'], date: '31-Dec-1999 23:59:59 +1400' },
  ])
  await old.append('INBOX.Kunden.Müller & Söhne', [
    { text: letter('four'), date: '29-Feb-2012 12:00:00 +0000' },
  ])
  const report = await pair.sync()
  expect(report).toMatchObject({
    outcome: 'complete',
    totals: { exists: 4, copied: 4, alreadyThere: 0, setAside: 0, excluded: 0, vanished: 0 },
    findings: [],
  })
  const [before, after] = [await old.contents(), await fresh.contents()]
  expect(after['INBOX']).toEqual(before['INBOX'])
  expect(after['INBOX']?.join()).toContain('$forwarded $label1 \\answered \\flagged nonjunk')
  expect(after['Kunden/M&APw-ller &- S&APY-hne']).toEqual(before['INBOX.Kunden.M&APw-ller &- S&APY-hne'])
  expect(after['leer/unten']).toEqual([])
  expect(after['leer']).toBeUndefined()
  const own = (await fresh.subscribed()).filter(
    (name) => !['Archive', 'Drafts', 'Junk', 'Sent', 'Trash'].includes(name),
  )
  expect(own).toEqual(['Kunden', 'leer/unten'])
  expect(await pair.verify()).toMatchObject({ ok: true, totals: { matched: 4 } })
})

test('a second run on an unchanged mailbox changes nothing and asks two things of each side', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.create('INBOX.Kunden')
  await pair.old.append(
    'INBOX',
    Array.from({ length: 30 }, (_, index) => ({ text: letter(`letter ${index}`) })),
  )
  await pair.sync()
  const before = await pair.fresh.contents()
  const again = await pair.sync()
  expect(again).toMatchObject({
    outcome: 'complete',
    totals: { exists: 30, copied: 0, alreadyThere: 30 },
    changes: { flags: 0, moved: 0, deleted: 0, subscriptions: 0, foldersCreated: 0 },
    commands: { source: 2, target: 2 },
  })
  expect(again.folders.every(({ unchanged }) => unchanged)).toBe(true)
  expect(await pair.fresh.contents()).toEqual(before)
})

test('the next run carries over what is new, changed, moved and deleted, and asks for little more', async () => {
  await using pair = await MailboxPair.make(bed)
  const { old, fresh } = pair
  await old.create('INBOX.Kunden')
  await old.append(
    'INBOX',
    Array.from({ length: 50 }, (_, index) => ({ text: letter(`letter ${index}`) })),
  )
  await pair.sync()
  const uids = await old.uids('INBOX')
  await old.store('INBOX', uids.slice(0, 3), ['\\Seen', 'Wichtig'])
  await old.move('INBOX', uids.slice(10, 14), 'INBOX.Kunden')
  await old.expunge('INBOX', uids.slice(20, 25))
  await old.append('INBOX', [{ text: letter('new one') }])
  const report = await pair.sync()
  expect(report).toMatchObject({
    outcome: 'complete',
    totals: { copied: 1, alreadyThere: 45 },
    changes: { flags: 3, moved: 4, deleted: 5 },
  })
  expect(report.commands.source).toBeLessThan(25)
  const [before, after] = [await old.contents(), await fresh.contents()]
  expect(after['INBOX']).toEqual(before['INBOX'])
  expect(after['Kunden']).toEqual(before['INBOX.Kunden'])
  expect(await pair.sync()).toMatchObject({
    totals: { copied: 0 },
    changes: { flags: 0, moved: 0, deleted: 0 },
  })
})

test('twins stay twins, and messages with equal headers are two', async () => {
  await using pair = await MailboxPair.make(bed)
  const twin = letter('twin')
  await pair.old.append('INBOX', [
    { text: twin },
    { text: twin },
    { text: letter('twin', 'Another body.') },
    { text: twin },
  ])
  await pair.sync()
  await pair.old.append('INBOX', [{ text: twin }])
  await pair.sync()
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
  await pair.old.expunge('INBOX', (await pair.old.uids('INBOX')).slice(0, 2))
  await pair.sync()
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
})

test('two folders of one role become one, as a union, and never two of a role', async () => {
  await using pair = await MailboxPair.make(bed)
  const { old, fresh } = pair
  await old.create('INBOX.Gesendet', { subscribed: true })
  await old.create('INBOX.Spam')
  await old.append('INBOX.Gesendet', [{ text: letter('a') }, { text: letter('both') }])
  await old.append('INBOX.Sent', [{ text: letter('b') }, { text: letter('both') }])
  await old.append('INBOX.Spam', [{ text: letter('spam') }])
  const report = await pair.sync()
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 5 } })
  const [before, after] = [await old.contents(), await fresh.contents()]
  expect(after['Sent']).toEqual(
    [...(before['INBOX.Sent'] ?? []), ...(before['INBOX.Gesendet'] ?? [])].toSorted(),
  )
  expect(after['Junk']).toEqual(before['INBOX.Spam'])
  expect(Object.keys(after).toSorted()).toEqual(['Archive', 'Drafts', 'INBOX', 'Junk', 'Sent', 'Trash'])
  expect(await pair.verify()).toMatchObject({ ok: true })
  // A message that moves between the two needs nothing on the target.
  await old.move('INBOX.Gesendet', (await old.uids('INBOX.Gesendet')).slice(0, 1), 'INBOX.Sent')
  expect(await pair.sync()).toMatchObject({ totals: { copied: 0 }, changes: { moved: 1, deleted: 0 } })
  expect((await fresh.contents())['Sent']).toEqual(after['Sent'])
})

test('into and out of Junk nothing is moved: the spam filter would learn from it', async () => {
  await using pair = await MailboxPair.make(bed)
  const { old, fresh } = pair
  await old.append('INBOX', [{ text: letter('no spam') }])
  await old.append('INBOX.Junk', [{ text: letter('spam') }])
  await pair.sync()
  await old.move('INBOX', await old.uids('INBOX'), 'INBOX.Trash')
  await old.move('INBOX.Junk', await old.uids('INBOX.Junk'), 'INBOX')
  const report = await pair.sync()
  expect(report).toMatchObject({
    outcome: 'complete',
    totals: { copied: 1 },
    changes: { moved: 1, deleted: 1 },
  })
  const after = await fresh.contents()
  expect([after['INBOX']?.length, after['Junk']?.length, after['Trash']?.length]).toEqual([1, 0, 1])
})

test('a target that has mail already: what is the same is recognised, what is not is left alone', async () => {
  await using pair = await MailboxPair.make(bed)
  const { old, fresh } = pair
  const same = letter('same')
  await old.append('INBOX', [{ text: same, flags: ['\\Seen'] }, { text: same }, { text: letter('mine') }])
  await fresh.append('INBOX', [{ text: same }, { text: letter('foreign') }])
  const report = await pair.sync()
  expect(report).toMatchObject({
    outcome: 'complete',
    totals: { copied: 2, alreadyThere: 1 },
    changes: { flags: 1 },
  })
  expect((await fresh.contents())['INBOX']?.length).toBe(4)
  // What was found and not copied by us is never deleted, whatever the source does.
  await old.expunge('INBOX', await old.uids('INBOX'))
  await old.append('INBOX', [{ text: letter('left') }])
  await pair.sync()
  const left = (await fresh.contents())['INBOX'] ?? []
  expect(left.length).toBe(3)
})

test('with its memory lost, nothing is sent again', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.append(
    'INBOX',
    Array.from({ length: 20 }, (_, index) => ({ text: letter(`letter ${index % 7}`) })),
  )
  await pair.sync()
  const before = await pair.fresh.contents()
  const { memoryState } = await import('../src/index.ts')
  const report = await pair.sync({ state: memoryState() })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 0, alreadyThere: 20 } })
  expect(await pair.fresh.contents()).toEqual(before)
})

test('copies that vanished from the target are copied again', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.append(
    'INBOX',
    Array.from({ length: 6 }, (_, index) => ({ text: letter(`letter ${index}`) })),
  )
  await pair.sync()
  await pair.fresh.expunge('INBOX', (await pair.fresh.uids('INBOX')).slice(1, 3))
  const report = await pair.sync()
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 2, alreadyThere: 4 } })
  expect(report.findings.map(({ code }) => code)).toEqual(['refilled'])
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
})

test.for(['source', 'target'] as const)(
  'a new UIDVALIDITY at the %s: matched by content, nothing doubled',
  async (side) => {
    await using pair = await MailboxPair.make(bed)
    const { old, fresh } = pair
    await old.create('INBOX.Projekt')
    const letters = Array.from({ length: 8 }, (_, index) => ({
      text: letter(`letter ${index % 5}`),
      flags: index % 2 ? ['\\Seen'] : [],
    }))
    await old.append('INBOX.Projekt', letters)
    await pair.sync()
    if (side === 'source') {
      await old.deleteFolder('INBOX.Projekt')
      await old.create('INBOX.Projekt')
      await old.append('INBOX.Projekt', letters.slice(1))
    } else {
      await fresh.deleteFolder('Projekt')
      await fresh.create('Projekt')
      await fresh.append('Projekt', letters.slice(0, 3))
    }
    const report = await pair.sync()
    expect(report.outcome).toBe('complete')
    expect(report.findings.map(({ code }) => code)).toContain('uidValidityChanged')
    expect(report.totals).toMatchObject(
      side === 'source' ? { copied: 0, alreadyThere: 7 } : { copied: 5, alreadyThere: 3 },
    )
    expect(report.changes.deleted).toBe(side === 'source' ? 1 : 0)
    expect((await fresh.contents())['Projekt']).toEqual((await old.contents())['INBOX.Projekt'])
    expect(await pair.sync()).toMatchObject({ totals: { copied: 0 }, changes: { deleted: 0, flags: 0 } })
  },
)

test('messages are left out by rule, and counted', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.create('INBOX.Werbung')
  await pair.old.append('INBOX', [{ text: letter('stays') }, { text: letter('goes'), flags: ['\\Deleted'] }])
  await pair.old.append('INBOX.Werbung', [{ text: letter('ad') }])
  const exclude = [
    { name: 'no deleted', kind: 'deleted' },
    { name: 'no ads', kind: 'folder', folder: 'INBOX.Werbung' },
  ] as const
  const report = await pair.sync({ exclude })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 1, excluded: 2, exists: 3 } })
  expect(report.folders.flatMap(({ excluded }) => Object.entries(excluded))).toEqual(
    expect.arrayContaining([
      ['no deleted', 1],
      ['no ads', 1],
    ]),
  )
  expect(await pair.sync({ exclude })).toMatchObject({
    outcome: 'complete',
    totals: { copied: 0, excluded: 2 },
  })
  expect(await pair.verify({ excluded: exclude })).toMatchObject({
    ok: true,
    totals: { explained: 2, missing: 0 },
  })
  expect((await pair.fresh.contents())['Werbung']).toBeUndefined()
  // Without the rules they are copied after all.
  expect(await pair.sync()).toMatchObject({ outcome: 'complete', totals: { copied: 2, excluded: 0 } })
})

test('a folder that the old server lists and never opens is left out by rule; the rest is done and verified', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.create('INBOX.Kaputt.Alt')
  await pair.old.append('INBOX', [{ text: letter('stays') }])
  await pair.old.append('INBOX.Kaputt.Alt', [{ text: letter('never read') }])
  const [name = ''] = pair.address.split('@')
  const directory = path.join(bed.old.mailDirectory, 'example.at', name, 'Maildir/.Kaputt.Alt')
  await chmod(directory, 0)
  expect(await pair.sync()).toMatchObject({
    outcome: 'incomplete',
    findings: [{ code: 'folderFailed' }],
    totals: { copied: 1 },
  })
  const exclude = [{ name: 'broken', kind: 'folder', folder: 'INBOX.Kaputt*' }] as const
  const report = await pair.sync({ exclude })
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 0, alreadyThere: 1 } })
  // How many messages such a folder has is known as long as the server remembers it: Dovecot's list index does, for a while.
  const { excluded } = report.totals
  expect([0, 1]).toContain(excluded)
  expect(report.totals.exists).toBe(1 + excluded)
  const verified = await pair.verify({ excluded: exclude })
  expect(verified).toMatchObject({ ok: true, totals: { matched: 1 } })
  expect(verified.totals.sourceMessages).toBe(1 + verified.totals.explained)
})
