import { readFile, readdir, stat, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { awkwardMessages, fillMailbox, homeDirectory, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { letter } from './support/mailbox.ts'
import { MailboxPair } from './support/pair.ts'

let bed: Testbed

beforeAll(async () => {
  bed = await startTestbed({
    only: ['imap'],
    newSettings: 'plugin {\n  quota_max_mail_size = 3M\n}',
    oldSettings: 'mail_max_keyword_length = 100',
  })
})

afterAll(() => bed.stop())

test('awkward messages arrive as they are: bytes, flags and dates', async () => {
  const address = 'odd@example.at'
  await bed.addOldMailbox(address)
  const messages = awkwardMessages()
  fillMailbox(bed.old, address, new Map([['INBOX', messages]]))
  await using pair = await MailboxPair.make(bed, { address })
  const report = await pair.sync()
  expect(report).toMatchObject({
    outcome: 'complete',
    totals: { exists: messages.length, copied: messages.length, setAside: 0 },
  })
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
  expect(await pair.verify()).toMatchObject({ ok: true, totals: { matched: messages.length } })
  expect(await pair.sync()).toMatchObject({ totals: { copied: 0 } })
})

test('hand-made oddities arrive too, sent by IMAP and read by IMAP', async () => {
  await using pair = await MailboxPair.make(bed)
  const odd: readonly (string | Buffer)[] = [
    'x',
    '\r\n',
    '\r\n\r\n\r\n',
    'no line end',
    'lone\rreturns\r\rhere\r\n\r\n\r',
    'bare\nfeeds\n\nonly\n',
    Buffer.from([0, 1, 2, 255, 254, 13, 10, 0, 13, 10]),
    `Subject: long line\r\n\r\n${'y'.repeat(1_200_000)}\r\n`,
    `Subject: ${'folded\r\n '.repeat(5000)}end\r\n\r\n`,
    'Subject: {5}\r\n\r\n{5+}\r\n) {10}\r\n',
    'From nobody Mon Jan  1 00:00:00 2001\r\nSubject: mbox\r\n\r\nFrom here\r\n.\r\n..\r\n',
    Buffer.concat([Buffer.from('Subject: 8bit \xff\xfe\r\n\r\n', 'latin1'), Buffer.from('ÄÖÜ 😀', 'utf8')]),
    letter('exactly at the edge', 'z'.repeat(1024 * 1024 - 200)),
    letter('a little over it', 'z'.repeat(1024 * 1024 + 1)),
  ]
  await pair.old.append(
    'INBOX',
    odd.map((text) => ({ text })),
  )
  const report = await pair.sync()
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: odd.length, setAside: 0 } })
  expect((await pair.fresh.contents())['INBOX']).toEqual((await pair.old.contents())['INBOX'])
})

test('a message of no bytes is set aside before anything is sent, and the others do not suffer', async () => {
  await using pair = await MailboxPair.make(bed)
  await pair.old.append(
    'INBOX',
    Array.from({ length: 5 }, (_, index) => ({ text: letter(`letter ${index}`) })),
  )
  await pair.old.uids('INBOX')
  const cur = path.join(homeDirectory(bed.old, pair.address), 'Maildir', 'cur')
  const [victim = ''] = await readdir(cur)
  await writeFile(path.join(cur, victim.replace(/,S=\d+/, ',S=0').replace(/,W=\d+/, ',W=0')), '')
  await unlink(path.join(cur, victim))
  const report = await pair.sync()
  expect(report).toMatchObject({ outcome: 'complete', totals: { exists: 5, copied: 4, setAside: 1 } })
  expect(report.findings).toMatchObject([{ code: 'messageSetAside', severity: 'yellow', folder: 'INBOX' }])
  expect(await pair.sync()).toMatchObject({
    totals: { copied: 0, setAside: 1, alreadyThere: 4 },
    findings: [],
  })
})

test('messages that the target refuses are found among the others, saved as files and named', async () => {
  await using pair = await MailboxPair.make(bed)
  const big = letter('Präsentation mit Video', 'v'.repeat(3_500_000))
  const letters = Array.from({ length: 23 }, (_, index) => ({
    text: index === 7 || index === 19 ? big : letter(`letter ${index}`),
  }))
  await pair.old.append('INBOX', letters)
  const report = await pair.sync()
  expect(report).toMatchObject({ outcome: 'complete', totals: { exists: 23, copied: 21, setAside: 2 } })
  const [record] = report.folders.flatMap(({ setAside }) => setAside)
  expect(record).toMatchObject({ uid: 8, subject: 'Präsentation mit Video', bytes: Buffer.byteLength(big) })
  expect(record?.reason).toMatch(/refused/)
  const file = path.join(pair.setAsideDirectory, record?.file ?? '')
  expect(await readFile(file, 'utf8')).toBe(big)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await pair.verify({ setAside: [] })).toMatchObject({ ok: false, totals: { missing: 2 } })
  const known = report.folders
    .flatMap(({ setAside }) => setAside)
    .map(({ uid, reason }) => ({ sourceWire: 'INBOX', uid, reason }))
  expect(await pair.verify({ setAside: known })).toMatchObject({
    ok: true,
    totals: { missing: 0, explained: 2 },
  })
  // Deleted at the source, the record goes; tried again, it fails again.
  await pair.old.expunge('INBOX', [8])
  expect(await pair.sync({ retrySetAside: true })).toMatchObject({
    outcome: 'complete',
    totals: { exists: 22, setAside: 1 },
  })
})

test('keywords that the target refuses are dropped and named, the messages arrive', async () => {
  await using pair = await MailboxPair.make(bed)
  const long = 'k'.repeat(60)
  await pair.old.append('INBOX', [
    { text: letter('keyword'), flags: ['\\Seen', 'short', long] },
    { text: letter('other'), flags: ['short'] },
  ])
  const report = await pair.sync()
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: 2, setAside: 0 } })
  expect(report.findings.map(({ code }) => code)).toEqual(['keywordsDropped'])
  const [inbox] = report.folders.filter(({ source }) => source === 'INBOX')
  expect(Object.keys(inbox?.droppedKeywords ?? {})).toContain(long)
  const verified = await pair.verify()
  expect(
    verified.folders.flatMap(({ different }) => different.map(({ differences }) => differences[0]?.what)),
  ).toEqual(['flags'])
  expect(await pair.verify({ droppedKeywords: [long, 'short'] })).toMatchObject({ ok: true })
  expect(await pair.sync()).toMatchObject({ totals: { copied: 0 }, changes: { flags: 0 } })
})
