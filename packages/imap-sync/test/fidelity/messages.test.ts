import { isDeepStrictEqual } from 'node:util'
import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SyncReport } from '../../src/index.ts'
import { MailboxPair } from '../support/pair.ts'
import {
  caseAt,
  countOf,
  expectedFingerprint,
  fingerprint,
  likest,
  oldFingerprint,
  type Fingerprint,
} from './compare.ts'
import { asDovecotStores, rawBytes, type MessageGroup } from './message-case.ts'
import { messageGroups } from './messages.ts'
import { appendGroups, fillFromDisk } from './prepare-dovecot.ts'
import { RawMailbox } from './raw-mailbox.ts'

const address = 'odd@example.at'
const started = Date.now()
let ended = started
const cases = messageGroups.flatMap((group) => group.cases)
let bed: Testbed
let pair: MailboxPair
let report: SyncReport
let before: ReadonlyMap<string, readonly Fingerprint[]>
let after: ReadonlyMap<string, readonly Fingerprint[]>

beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
  await bed.addOldMailbox(address)
  fillFromDisk(bed, address, messageGroups)
  pair = await MailboxPair.make(bed, { address })
  {
    await using old = await RawMailbox.open(pair.source.server, pair.source.login)
    await appendGroups(
      old,
      'INBOX.',
      messageGroups.filter(({ deliver }) => deliver === 'append'),
    )
  }
  report = await pair.sync()
  ended = Date.now()
  before = await prints(pair.source, 'INBOX.')
  after = await prints(pair.target, '')
})

afterAll(async () => {
  await pair[Symbol.asyncDispose]()
  await bed.stop()
})

async function prints(
  { server, login }: MailboxPair['source'],
  prefix: string,
): Promise<ReadonlyMap<string, readonly Fingerprint[]>> {
  await using mailbox = await RawMailbox.open(server, login)
  const folders = new Map<string, readonly Fingerprint[]>()
  for (const { folder } of messageGroups)
    folders.set(folder, (await mailbox.messages(`${prefix}${folder}`)).map(fingerprint))
  return folders
}

test('the table has at least a hundred cases, each named once and with its source', () => {
  expect(cases.length).toBeGreaterThanOrEqual(100)
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  expect(
    cases.filter(
      ({ source }) =>
        !/^(RFC \d+( (§[\d.]+|Appendix A)( \([\w-]+\))?)?|https:\/\/github\.com\/\S+\/(issues|pull)\/\d+)$/.test(
          source,
        ),
    ),
  ).toEqual([])
})

for (const group of messageGroups)
  describe(`in ${group.folder}`, () => {
    for (const [index, message] of group.cases.entries())
      test(`${message.name} (${message.source})`, () => {
        expect(outcomeOf(group, index)).toEqual(promisedOf(group, index))
      })
  })

/** What became of a case, in words that a difference can be read from. */
interface Outcome {
  readonly bytes: 'kept' | 'changed'
  readonly onOldServer: boolean
  readonly onTarget: Fingerprint | undefined
  /** How many of that kind lie on the target: identical twins count each other. */
  readonly copies: number
  readonly setAside: boolean
}

function outcomeOf(group: MessageGroup, index: number): Outcome {
  const message = caseAt(group, index)
  const sent = rawBytes(message)
  const wanted = expectedFingerprint(group, index)
  const fresh = (after.get(group.folder) ?? []).map((found) =>
    message.dateBecomesNow === true ? { ...found, date: whenCopied(found.date) } : found,
  )
  const reasons = report.folders
    .filter(({ source }) => source === `INBOX.${group.folder}`)
    .flatMap(({ setAside }) => setAside.map(({ reason }) => reason))
  return {
    bytes: asDovecotStores(sent).equals(sent) ? 'kept' : 'changed',
    onOldServer: countOf(before.get(group.folder) ?? [], oldFingerprint(group, index)) > 0,
    onTarget: likest(fresh, wanted),
    copies: countOf(fresh, wanted),
    setAside: reasons.some((reason) => message.setAside?.test(reason) === true),
  }
}

function promisedOf(group: MessageGroup, index: number): Outcome {
  const message = caseAt(group, index)
  const wanted = expectedFingerprint(group, index)
  const twins = group.cases.filter((_, other) => isDeepStrictEqual(expectedFingerprint(group, other), wanted))
  const setAside = message.setAside !== undefined
  return {
    bytes: message.becomes === undefined ? 'kept' : 'changed',
    onOldServer: true,
    onTarget: setAside ? undefined : wanted,
    copies: setAside ? 0 : twins.length,
    setAside,
  }
}

function whenCopied(date: string): string {
  const at = Date.parse(date)
  return at >= started - 1000 && at <= ended ? 'the time of the copy' : date
}

test('every message has its fate, and what could not be kept is named', () => {
  const setAside = cases.filter((message) => message.setAside !== undefined).length
  expect(report).toMatchObject({
    outcome: 'complete',
    totals: { exists: cases.length, copied: cases.length - setAside, setAside, alreadyThere: 0, vanished: 0 },
  })
  expect(report.findings.map(({ code }) => code).toSorted()).toEqual([
    'dateReplaced',
    'keywordsDropped',
    'messageSetAside',
  ])
})

test('verify, which shares no code with the copy, agrees', async () => {
  const setAside = report.folders.flatMap((folder) =>
    folder.setAside.map(({ uid, reason }) => ({ sourceWire: folder.source, uid, reason })),
  )
  const verified = await pair.verify({
    setAside,
    droppedKeywords: cases.flatMap(({ dropped = [] }) => dropped),
  })
  expect(verified).toMatchObject({
    ok: true,
    totals: { matched: cases.length - setAside.length, missing: 0, explained: setAside.length },
  })
})

test('a second run finds nothing to do', async () => {
  const again = await pair.sync()
  expect(again).toMatchObject({ outcome: 'complete', totals: { copied: 0 }, changes: { flags: 0 } })
  expect(again.folders.filter(({ unchanged }) => !unchanged)).toEqual([])
})
