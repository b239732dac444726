import { startCyrus, startTestbed, type Cyrus, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  connect,
  mapFolders,
  readFolders,
  type Endpoint,
  type FolderMap,
  type SyncReport,
} from '../../src/index.ts'
import { countOf, fingerprint, likest, oldFingerprint, type Fingerprint } from '../fidelity/compare.ts'
import { messageGroups } from '../fidelity/messages.ts'
import { appendGroups, fillFromDisk } from '../fidelity/prepare-dovecot.ts'
import { RawMailbox } from '../fidelity/raw-mailbox.ts'
import { MailboxPair } from '../support/pair.ts'
import { refusedMessages } from './cyrus-differences.ts'

const address = 'odd@example.at'
// Of NULs and bare line feeds the old Dovecot shows nothing any more.
const setAside = ['zero bytes', ...(refusedMessages['Message contains invalid header'] ?? [])]
let bed: Testbed
let cyrus: Cyrus
let pair: MailboxPair
let target: Endpoint
let folderMap: FolderMap
let report: SyncReport
const after = new Map<string, readonly Fingerprint[]>()

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
  cyrus = await startCyrus()
  target = { server: { ...cyrus.imap, tls: 'none' }, login: await cyrus.addUser('anna') }
  await bed.addOldMailbox(address)
  fillFromDisk(bed, address, messageGroups)
  pair = await MailboxPair.make(bed, { address })
  {
    await using old = await RawMailbox.open(pair.source.server, pair.source.login)
    const others = messageGroups.filter(({ deliver }) => deliver === 'append')
    await appendGroups(old, 'INBOX.', others)
  }
  {
    await using from = await connect(pair.source.server, pair.source.login)
    await using to = await connect(target.server, target.login)
    folderMap = mapFolders(await readFolders(from), await readFolders(to))
  }
  report = await pair.sync({ target, folderMap })
  await using fresh = await RawMailbox.open(target.server, target.login)
  for (const { folder } of messageGroups)
    after.set(folder, (await fresh.messages(`INBOX.${folder}`)).map(fingerprint))
}, 180_000)

afterAll(async () => {
  await pair[Symbol.asyncDispose]()
  await bed.stop()
  await cyrus.stop()
})

for (const group of messageGroups)
  describe(`in ${group.folder}`, () => {
    for (const [index, { name, source, dropped = [] }] of group.cases.entries())
      test(`${name} (${source})`, () => {
        const whole = oldFingerprint(group, index)
        const wanted = { ...whole, flags: whole.flags.filter((flag) => !dropped.includes(flag)) }
        const expected = setAside.includes(name) ? undefined : wanted
        const found = likest(after.get(group.folder) ?? [], wanted)
        expect(expected === undefined ? countOf(after.get(group.folder) ?? [], wanted) : found).toEqual(
          expected ?? 0,
        )
      })
  })

test('what Cyrus does not take is set aside with its words, the rest is there, and so it stays', async () => {
  const total = messageGroups.reduce((sum, { cases }) => sum + cases.length, 0)
  expect(report).toMatchObject({
    outcome: 'complete',
    totals: { exists: total, copied: total - setAside.length, setAside: setAside.length },
  })
  const reasons = report.folders.flatMap((folder) => folder.setAside.map(({ reason }) => reason))
  expect(reasons.filter((reason) => reason.includes('Message contains invalid header'))).toHaveLength(
    setAside.length - 1,
  )
  const known = report.folders.flatMap((folder) =>
    folder.setAside.map(({ uid, reason }) => ({ sourceWire: folder.source, uid, reason })),
  )
  const droppedKeywords = messageGroups.flatMap(({ cases }) => cases.flatMap(({ dropped = [] }) => dropped))
  expect(await pair.verify({ target, folderMap, setAside: known, droppedKeywords })).toMatchObject({
    ok: true,
    totals: { missing: 0, explained: setAside.length },
  })
  expect(await pair.sync({ target, folderMap })).toMatchObject({
    totals: { copied: 0 },
    changes: { flags: 0 },
  })
})
