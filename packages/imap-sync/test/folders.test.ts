import { startProxy, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, mapFolders, readFolders } from '../src/index.ts'
import { encodeMailboxName } from '../src/wire/mailbox-name.ts'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})

afterAll(() => bed.stop())

// As the old server takes them (`INBOX.` and `.`), each with what is odd about it.
const names = [
  'Kunden',
  'Kunden.Müller & Söhne',
  'Kunden.müller & söhne',
  'Kunden.&Co.',
  'Rechnungen 2019-2020',
  '日本語',
  'עברית',
  'Emoji 😀👩‍👩‍👧',
  'e\u0301 zerlegt',
  'é zerlegt',
  'Shared',
  'Shared.Team',
  'INBOX',
  'Inbox.Unter',
  'Gesendet',
  'Gesendet.2019',
  'Sent.2019',
  'Papierkorb',
  'Spam',
  'SPAM',
  'Entwürfe',
  'Archiv.2012',
  '~tilde',
  'back\\slash',
  'quote"d',
  'star*',
  'percent%',
  ' leading blank',
  'trailing blank ',
  '{5}',
  'a(b)',
  'x'.repeat(150),
  `${'y'.repeat(100)}.${'z'.repeat(100)}`,
  'Ä'.repeat(45),
  'und+plus=gleich',
  '#hash',
  'NIL',
  'semi;colon',
]

test('folder names of every kind arrive, each in its own place, with their mail', async () => {
  await using pair = await MailboxPair.make(bed)
  for (const name of names) await pair.old.create(`INBOX.${name}`).catch(() => {})
  // Not every name is one on this server: `INBOX.INBOX` is INBOX itself.
  const made = (await pair.map()).entries.filter(({ selectable }) => selectable)
  expect(made.length).toBeGreaterThan(35)
  for (const { source } of made) await pair.old.append(source, [{ text: letter(`in ${source}`) }])
  const report = await pair.sync()
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: made.length, exists: made.length } })
  const [before, after] = [await pair.old.contents(), await pair.fresh.contents()]
  const lost = made.filter(
    ({ sourceWire, targetWire }) =>
      !(after[targetWire] ?? []).includes(before[sourceWire]?.[0] ?? 'nothing there'),
  )
  expect(lost).toEqual([])
  expect(await pair.verify()).toMatchObject({ ok: true, totals: { matched: made.length } })
  const again = await pair.sync()
  expect(again.folders.filter(({ unchanged }) => !unchanged)).toEqual([])
  expect(again).toMatchObject({ totals: { copied: 0 }, commands: { source: 2, target: 2 } })
})

test('the longest names that the map makes are names that the target takes', async () => {
  await using pair = await MailboxPair.make(bed)
  const long = [
    'a'.repeat(400),
    `${'b'.repeat(240)}/${'c'.repeat(240)}/${'d'.repeat(240)}`,
    'ü'.repeat(300),
    '.'.repeat(120),
    '\\'.repeat(120),
    `${'.\\'.repeat(60)}/${'x'.repeat(100)}`,
    '😀'.repeat(100),
  ]
  const folders = long.map((name) => ({
    wire: encodeMailboxName(name),
    name,
    separator: '/',
    attributes: [],
    subscribed: false,
    selectable: true,
  }))
  const map = mapFolders({ personal: { prefix: '', separator: '/' }, others: [], folders, foreign: [] })
  for (const { target } of map.entries) await pair.fresh.create(target)
  expect(Object.keys(await pair.fresh.contents())).toEqual(
    expect.arrayContaining(map.entries.map(({ targetWire }) => targetWire)),
  )
})

test('a server that allows no further connections is copied from with fewer', async () => {
  await using pair = await MailboxPair.make(bed)
  await using proxy = await startProxy({ target: bed.old.imap })
  await pair.old.append(
    'INBOX',
    Array.from({ length: 40 }, (_, index) => ({ text: letter(`letter ${index}`) })),
  )
  const map = await pair.map()
  const source = { ...pair.source, server: { ...pair.source.server, port: proxy.port } }
  const held = proxy.intercept({ command: /RFC822\.SIZE/, when: 'arrived', action: 'hold' })
  const running = pair.sync({ source, folderMap: map, limits: { batchMessages: 5, lanes: 4 } })
  await held.happened
  proxy.refuse(true)
  held.release()
  expect(await running).toMatchObject({ outcome: 'complete', totals: { copied: 40 } })
  expect(proxy.connections().total).toBe(1)
})

test('rights of others on a folder are told when asked for', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.fresh.create('Team')
  await bed.new.doveadm('acl', 'set', '-u', pair.address, 'Team', 'user=bernd@example.at', 'lookup', 'read')
  await using connection = await connect(pair.target.server, pair.target.login)
  const told = await readFolders(connection, { acls: true })
  expect(told.folders.filter(({ sharedWith }) => sharedWith !== undefined)).toMatchObject([
    { name: 'Team', sharedWith: [{ who: 'bernd@example.at', rights: 'lr' }] },
  ])
  expect((await readFolders(connection)).folders.every(({ sharedWith }) => sharedWith === undefined)).toBe(
    true,
  )
})
