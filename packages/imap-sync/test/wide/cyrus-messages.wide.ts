import { startCyrus, startTestbed, type Cyrus, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SyncReport, VerifyReport } from '../../src/index.ts'
import {
  caseAt,
  countOf,
  expectedFingerprint,
  fingerprint,
  likest,
  toFingerprint,
  type Fingerprint,
} from '../fidelity/compare.ts'
import { rawBytes, type MessageGroup } from '../fidelity/message-case.ts'
import { messageGroups } from '../fidelity/messages.ts'
import { internalDate, receivedAt } from '../fidelity/prepare-dovecot.ts'
import { RawMailbox } from '../fidelity/raw-mailbox.ts'
import { MailboxPair } from '../support/pair.ts'
import { impossibleMessages, refusedMessages } from './cyrus-differences.ts'

const started = Date.now()
let ended = started
let bed: Testbed
let cyrus: Cyrus
let pair: MailboxPair
let report: SyncReport
let verified: VerifyReport
let again: SyncReport
const refusals: Record<string, string[]> = {}
const before = new Map<string, readonly Fingerprint[]>()
const after = new Map<string, readonly Fingerprint[]>()
const possible = messageGroups.map((group) => ({
  ...group,
  cases: group.cases.filter(({ name }) => !impossibleMessages.includes(name)),
}))
const total = possible.reduce((sum, { cases }) => sum + cases.length, 0)

beforeAll(async () => {
  cyrus = await startCyrus()
  bed = await startTestbed({ only: ['imap'] })
  const login = await cyrus.addUser('anna')
  for (const group of possible) await deliver(login, group)
  pair = await MailboxPair.make(bed, { source: { server: { ...cyrus.imap, tls: 'none' }, login } })
  const folderMap = await pair.map()
  report = await pair.sync({ folderMap })
  ended = Date.now()
  await using old = await RawMailbox.open(cyrus.imap, login)
  await using fresh = await RawMailbox.open(pair.target.server, pair.target.login)
  for (const { folder } of possible) {
    before.set(folder, (await old.messages(`INBOX.${folder}`)).map(fingerprint))
    after.set(folder, (await fresh.messages(folder)).map(fingerprint))
  }
  verified = await pair.verify({ folderMap })
  again = await pair.sync({ folderMap })
}, 180_000)

afterAll(async () => {
  await pair[Symbol.asyncDispose]()
  await bed.stop()
  await cyrus.stop()
})

/** By APPEND what it takes, as files in its storage what it does not (none of these has flags). */
async function deliver(
  login: { readonly user: string; readonly password: string },
  group: MessageGroup,
): Promise<void> {
  await using old = await RawMailbox.open(cyrus.imap, login)
  const folder = `INBOX.${group.folder}`
  await old.ok(`CREATE "${folder}"`)
  const refused: number[] = []
  for (const [index, message] of group.cases.entries()) {
    const date = internalDate(receivedAt(group, index), message.zone)
    const flags = flagsOf(group, index)
    const answer = await old.append(folder, { bytes: rawBytes(message), flags, date })
    if (answer.status === 'OK') continue
    refusals[answer.text] = [...(refusals[answer.text] ?? []), message.name]
    refused.push(index)
  }
  if (refused.length === 0) return
  await old.ok('UNSELECT').catch(() => {})
  await cyrus.store(
    `user.${login.user}.${group.folder}`,
    refused.map((index) => ({ bytes: rawBytes(caseAt(group, index)), receivedAt: receivedAt(group, index) })),
  )
}

function flagsOf(group: MessageGroup, index: number): readonly string[] {
  const { flags = [], dropped = [] } = caseAt(group, index)
  return flags.filter((flag) => !dropped.includes(flag))
}

test('Cyrus refuses the messages that the table says, with these words, and no others', () => {
  expect(refusals).toEqual(refusedMessages)
})

for (const group of possible)
  describe(`in ${group.folder}`, () => {
    for (const [index, message] of group.cases.entries())
      test(`${message.name} (${message.source})`, () => {
        const sent = toFingerprint(rawBytes(message), receivedAt(group, index), flagsOf(group, index))
        const wanted = expectedFingerprint(group, index)
        const fresh = (after.get(group.folder) ?? []).map((found) =>
          message.dateBecomesNow === true ? { ...found, date: whenCopied(found.date) } : found,
        )
        expect({
          onCyrus: likest(before.get(group.folder) ?? [], sent),
          onTarget: likest(fresh, wanted),
          copies: countOf(fresh, wanted),
        }).toEqual({ onCyrus: sent, onTarget: wanted, copies: alike(group, wanted) })
      })
  })

function alike(group: MessageGroup, wanted: Fingerprint): number {
  return countOf(
    group.cases.map((_, index) => expectedFingerprint(group, index)),
    wanted,
  )
}

function whenCopied(date: string): string {
  const at = Date.parse(date)
  return at >= started - 1000 && at <= ended ? 'the time of the copy' : date
}

test('every message has its fate, verify agrees, and a second run finds nothing to do', () => {
  expect(report).toMatchObject({ outcome: 'complete', totals: { exists: total, copied: total, setAside: 0 } })
  expect(report.findings.map(({ code }) => code)).toEqual(['dateReplaced'])
  expect(verified).toMatchObject({ ok: true, totals: { matched: total, missing: 0 } })
  expect(again).toMatchObject({ outcome: 'complete', totals: { copied: 0 }, changes: { flags: 0 } })
})
