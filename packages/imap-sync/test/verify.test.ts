import { startProxy, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

async function copied(): Promise<MailboxPair> {
  const pair = await MailboxPair.make(bed)
  await pair.old.create('INBOX.Kunden')
  await pair.old.append(
    'INBOX',
    Array.from({ length: 6 }, (_, index) => ({ text: letter(`letter ${index}`) })),
  )
  await pair.old.append('INBOX.Kunden', [
    { text: letter('Grüße von Ödön') },
    { text: letter('twin') },
    { text: letter('twin') },
  ])
  await pair.sync()
  return pair
}

test('equal mailboxes are equal, and the evidence says so', async () => {
  await using pair = await copied()
  const report = await pair.verify({ includeHashes: true })
  expect(report).toMatchObject({
    ok: true,
    totals: { sourceMessages: 9, targetMessages: 9, matched: 9, missing: 0, extra: 0, different: 0 },
  })
  const kunden = report.folders.find(({ target }) => target === 'Kunden')
  expect(kunden?.sourceDigest).toBe(kunden?.targetDigest)
  expect(kunden?.hashes?.length).toBe(3)
})

test('what is missing, one too many, flagged or dated otherwise is found and named', async () => {
  await using pair = await copied()
  const kunden = await pair.fresh.uids('Kunden')
  await pair.fresh.expunge('Kunden', kunden.slice(0, 2))
  await pair.fresh.append('Kunden', [{ text: letter('intruder'), date: ' 2-Feb-2002 02:02:02 +0000' }])
  await pair.fresh.store('INBOX', (await pair.fresh.uids('INBOX')).slice(0, 1), ['\\Flagged'])
  const [last] = (await pair.fresh.uids('INBOX')).slice(-1)
  await pair.fresh.expunge('INBOX', last === undefined ? [] : [last])
  await pair.fresh.append('INBOX', [{ text: letter('letter 5'), date: '24-Nov-2026 10:00:01 +0100' }])
  const report = await pair.verify()
  expect(report).toMatchObject({ ok: false, totals: { missing: 2, extra: 1, different: 2 } })
  const folder = (name: string) => report.folders.find(({ target }) => target === name)
  expect(folder('Kunden')?.missing).toMatchObject([
    {
      folder: 'INBOX.Kunden',
      uid: 1,
      subject: 'Grüße von Ödön',
      from: 'Anna <anna@example.at>',
      date: '2026-11-24T09:00:00.000Z',
    },
    { subject: 'twin', messageId: '<twin@example.at>' },
  ])
  expect(folder('Kunden')?.extra).toMatchObject([
    { folder: 'Kunden', subject: 'intruder', date: '2002-02-02T02:02:02.000Z' },
  ])
  expect(folder('INBOX')?.different.map(({ differences }) => differences)).toEqual(
    expect.arrayContaining([
      [{ what: 'flags', source: '', target: '\\flagged' }],
      [{ what: 'date', source: '2026-11-24T09:00:00.000Z', target: '2026-11-24T09:00:01.000Z' }],
    ]),
  )
})

test('it believes the servers, not what a copy run remembers', async () => {
  await using pair = await copied()
  const [uid] = await pair.fresh.uids('INBOX')
  await pair.fresh.expunge('INBOX', uid === undefined ? [] : [uid])
  expect((await pair.verify()).totals.missing).toBe(1)
})

test('extras are allowed by rules, as data', async () => {
  await using pair = await copied()
  const quota = letter('Quota warning: 80%').replace(
    'From: Anna <anna@example.at>',
    'From: =?utf-8?q?Mail=20System?= <noreply@mailcow.example>',
  )
  await pair.fresh.append('INBOX', [{ text: quota }, { text: letter('no excuse') }])
  const extrasAllowed = [
    {
      name: 'quota mails',
      folder: 'INBOX',
      headers: [
        { name: 'From', contains: 'mail system' },
        { name: 'Subject', contains: 'quota' },
      ],
    },
  ]
  const report = await pair.verify({ extrasAllowed })
  expect(report).toMatchObject({ ok: false, totals: { extra: 1, allowedExtra: 1 } })
  expect(report.folders.flatMap(({ allowedExtra }) => allowedExtra)).toMatchObject([
    { subject: 'Quota warning: 80%', allowedBy: 'quota mails' },
  ])
})

test('folders that only the target has are looked into as well, and subscriptions compared', async () => {
  await using pair = await copied()
  await pair.fresh.create('Fremd')
  await pair.fresh.append('Archive', [{ text: letter('where from?') }])
  await pair.old.create('INBOX.Abo', { subscribed: true })
  expect(await pair.verify()).toMatchObject({ ok: false, totals: { extra: 1 } })
  const map = await pair.map()
  await pair.sync({ folderMap: map })
  const report = await pair.verify({ folderMap: map })
  expect(report.subscriptions).toEqual({ missing: [], extra: [] })
})

test('later on the target may hold more, and in other folders; proven messages may be gone since', async () => {
  await using pair = await copied()
  const proven = new Set(
    (await pair.verify({ includeHashes: true })).folders.flatMap(({ hashes = [] }) => hashes),
  )
  const uids = await pair.fresh.uids('INBOX')
  await pair.fresh.create('Sortiert')
  await pair.fresh.move('INBOX', uids.slice(0, 2), 'Sortiert')
  await pair.fresh.store('INBOX', uids.slice(2, 3), ['\\Seen'])
  await pair.fresh.append('INBOX', [{ text: letter('own mail') }])
  expect(await pair.verify({ phase: 'additive' })).toMatchObject({
    ok: true,
    totals: { matched: 9, missing: 0, extra: 0 },
  })
  await pair.fresh.expunge('INBOX', uids.slice(3, 4))
  await pair.old.append('INBOX', [{ text: letter('late') }])
  expect(await pair.verify({ phase: 'additive' })).toMatchObject({
    ok: false,
    totals: { missing: 2, goneSince: 0 },
  })
  expect(await pair.verify({ phase: 'additive', proven })).toMatchObject({
    ok: false,
    totals: { missing: 1, goneSince: 1 },
  })
  await pair.sync({ phase: 'additive' })
  expect(await pair.verify({ phase: 'additive', proven })).toMatchObject({
    ok: true,
    totals: { missing: 0, goneSince: 1 },
  })
})

test('only what is new is compared when asked so', async () => {
  await using pair = await copied()
  const since = { source: { INBOX: 7, 'INBOX.Kunden': 4 }, target: { INBOX: 7, Kunden: 4 } }
  await pair.old.append('INBOX', [{ text: letter('new one') }, { text: letter('new two') }])
  expect(await pair.verify({ since })).toMatchObject({ ok: false, totals: { sourceMessages: 2, missing: 2 } })
  await pair.sync()
  expect(await pair.verify({ since })).toMatchObject({ ok: true, totals: { sourceMessages: 2, matched: 2 } })
})

test('it writes nothing, and goes on after a lost connection', async () => {
  await using pair = await copied()
  await using source = await startProxy({ target: bed.old.imap })
  await using target = await startProxy({ target: bed.new.imap })
  target.intercept({ command: /BODY\.PEEK/, when: 'answered', action: 'cut' })
  source.intercept({ command: /EXAMINE "INBOX\.Kunden"/, when: 'arrived', action: 'cut' })
  const report = await pair.verify({
    source: { ...pair.source, server: { ...pair.source.server, port: source.port } },
    target: { ...pair.target, server: { ...pair.target.server, port: target.port } },
  })
  expect(report).toMatchObject({ ok: true, totals: { matched: 9 } })
  const verbs = new Set([...source.commands(), ...target.commands()].map(({ name }) => name))
  for (const verb of ['SELECT', 'APPEND', 'UID STORE', 'CREATE', 'UID EXPUNGE', 'UID MOVE'])
    expect(verbs).not.toContain(verb)
})
