import {
  type FolderMessages,
  memoryState,
  type StateChange,
  stateConformance,
  type SyncState,
} from '@iteg/imap-sync'
import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { temporaryFolder } from './support.ts'

describe("imap-sync's own conformance tests", () => {
  test.each(stateConformance.map((conformance) => [conformance.name, conformance] as const))(
    '%s',
    { timeout: 120_000 },
    async (_, conformance) => {
      const workDir = temporaryFolder()
      const ledgers: Ledger[] = []
      const mailboxes = new Map<SyncState, string>()
      onTestFinished(async () => {
        for (const ledger of ledgers) await ledger.close()
      })
      /** Through a connection of its own, as another process would have it. */
      const open = async (mailbox: string): Promise<SyncState> => {
        const ledger = await openLedger(workDir)
        ledgers.push(ledger)
        const state = ledger.syncState(mailbox)
        mailboxes.set(state, mailbox)
        return state
      }
      const run = conformance.run({
        open: () => open(`user-${mailboxes.size}@example.at`),
        reopen: (state) => open(mailboxes.get(state) ?? 'nobody@example.at'),
      })
      await expect(run).resolves.toBeUndefined()
    },
  )

  test('are there', () => {
    expect(stateConformance.length).toBeGreaterThan(5)
  })
})

// Few folders and small numbers, so that changes meet each other.
const folderName = fc.constantFrom('INBOX', 'INBOX.Sent', 'INBOX.Entw&APw-rfe')
const uid = fc.integer({ min: 1, max: 40 })
const range = fc
  .tuple(uid, fc.integer({ min: 0, max: 6 }))
  .map(([first, more]) => ({ first, last: first + more }))
const ranges = fc.array(range, { maxLength: 4 })
const uidValidity = fc.integer({ min: 1, max: 0xffff_ffff })
const status = fc.record(
  {
    uidValidity,
    uidNext: uid,
    messages: fc.nat(),
    highestModseq: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String),
    size: fc.maxSafeNat(),
  },
  { requiredKeys: ['uidValidity', 'uidNext', 'messages'] },
)
const checkpoint = fc.record({
  source: status,
  target: status,
  excluded: fc.dictionary(fc.constantFrom('deleted', 'tooOld'), fc.nat()),
  rules: fc.string(),
})
const setAside = fc.record(
  {
    uid,
    reason: fc.string(),
    file: fc.string(),
    bytes: fc.maxSafeNat(),
    messageId: fc.string(),
    date: fc.constant('2014-03-01T10:00:00.000Z'),
  },
  { requiredKeys: ['uid', 'reason', 'file', 'bytes'] },
)

/** Runs that are disjoint on both sides, as a batch's are: both sides ascend, with gaps. */
const runs = fc
  .array(
    fc.record({
      sourceGap: fc.integer({ min: 0, max: 3 }),
      targetGap: fc.integer({ min: 0, max: 3 }),
      count: fc.integer({ min: 1, max: 5 }),
      flags: fc.constantFrom('', '\\Seen', '\\Flagged \\Seen'),
      origin: fc.constantFrom('copied' as const, 'found' as const),
    }),
    { maxLength: 5 },
  )
  .chain((parts) =>
    fc.record({ source: uid, target: uid, reversed: fc.boolean() }).map(({ source, target, reversed }) => {
      let [nextSource, nextTarget] = [source, target]
      const list = parts.map((part) => {
        const run = {
          source: nextSource + part.sourceGap,
          target: nextTarget + part.targetGap,
          count: part.count,
          flags: part.flags,
          origin: part.origin,
        }
        nextSource = run.source + run.count
        nextTarget = run.target + run.count
        return run
      })
      return reversed ? list.toReversed() : list
    }),
  )

const intent = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  source: folderName,
  target: fc.string(),
  targetUidValidity: uidValidity,
  targetUidNext: uid,
  uids: ranges,
})
const folder = fc.record(
  {
    source: folderName,
    target: fc.string(),
    sourceUidValidity: uidValidity,
    targetUidValidity: uidValidity,
    created: fc.boolean(),
    checkpoint,
  },
  { requiredKeys: ['source', 'target', 'sourceUidValidity', 'targetUidValidity', 'created'] },
)

const change: fc.Arbitrary<StateChange> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('folder' as const), folder }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('paired' as const), source: folderName, runs }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('unpaired' as const), source: folderName, targets: ranges }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('delivered' as const), source: folderName, uids: ranges }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('dropped' as const), source: folderName, uids: ranges }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('setAside' as const),
      source: folderName,
      messages: fc.array(setAside, { maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('intent' as const), intent }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('settled' as const), id: fc.constantFrom('a', 'b', 'c', 'x') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('sourceReset' as const),
      source: folderName,
      sourceUidValidity: uidValidity,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('targetReset' as const),
      source: folderName,
      targetUidValidity: uidValidity,
      keep: fc.constantFrom('delivered' as const, 'nothing' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record(
      { kind: fc.constant('checkpoint' as const), source: folderName, checkpoint },
      { requiredKeys: ['kind', 'source'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('folderGone' as const), source: folderName }) },
)

async function contents(state: SyncState) {
  const folders = (await state.folders()).toSorted((a, b) => a.source.localeCompare(b.source))
  const messages: Record<string, FolderMessages> = {}
  for (const { source } of folders) messages[source] = await state.messages(source)
  return { folders, messages, intents: await state.intents() }
}

test('after any commits it holds what the reference implementation holds, and a refused commit changes nothing', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const known = ['INBOX', 'INBOX.Sent'].map((source) => ({
    kind: 'folder' as const,
    folder: { source, target: source, sourceUidValidity: 1, targetUidValidity: 1, created: false },
  }))
  let round = 0
  let refused = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(change, { minLength: 1, maxLength: 5 }), { maxLength: 12 }),
      async (commits) => {
        round += 1
        const state = ledger.syncState(`user-${round}@example.at`)
        const reference = memoryState()
        for (const changes of [known, ...commits]) {
          const expected = await reference.commit(changes).then(
            () => true,
            () => false,
          )
          const actual = await state.commit(changes).then(
            () => true,
            () => false,
          )
          expect(actual).toBe(expected)
          if (!actual) refused += 1
        }
        expect(await contents(state)).toEqual(await contents(reference))
      },
    ),
    { numRuns: 300 },
  )
  expect(refused).toBeGreaterThan(10)
}, 60_000)

test('consecutive messages are one row, whatever the batches were', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const state = ledger.syncState('anna@example.at')
  await state.commit([
    {
      kind: 'folder',
      folder: {
        source: 'INBOX',
        target: 'INBOX',
        sourceUidValidity: 1,
        targetUidValidity: 1,
        created: false,
      },
    },
  ])
  for (const first of [301, 1, 201, 101])
    await state.commit([
      {
        kind: 'paired',
        source: 'INBOX',
        runs: Array.from({ length: 100 }, (_, index) => ({
          source: first + index,
          target: 5000 + first + index,
          count: 1,
          flags: '\\Seen',
          origin: 'copied' as const,
        })),
      },
    ])
  expect((await state.messages('INBOX')).pairs).toEqual([
    { source: 1, target: 5001, count: 400, flags: '\\Seen', origin: 'copied' },
  ])
})

test('mailboxes and their batches know nothing of each other', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const [anna, bert] = [ledger.syncState('anna@example.at'), ledger.syncState('bert@example.at')]
  const changes: StateChange[] = [
    {
      kind: 'folder',
      folder: {
        source: 'INBOX',
        target: 'INBOX',
        sourceUidValidity: 1,
        targetUidValidity: 1,
        created: false,
      },
    },
    {
      kind: 'intent',
      intent: {
        id: '1',
        source: 'INBOX',
        target: 'INBOX',
        targetUidValidity: 1,
        targetUidNext: 1,
        uids: [{ first: 1, last: 9 }],
      },
    },
  ]
  await Promise.all([anna.commit(changes), bert.commit(changes)])
  await bert.commit([{ kind: 'folderGone', source: 'INBOX' }])
  expect(await bert.folders()).toEqual([])
  expect(await bert.intents()).toEqual([])
  expect(await anna.folders()).toHaveLength(1)
  expect(await anna.intents()).toHaveLength(1)
})

test('many lanes may commit at once', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const state = ledger.syncState('anna@example.at')
  await state.commit([
    {
      kind: 'folder',
      folder: {
        source: 'INBOX',
        target: 'INBOX',
        sourceUidValidity: 1,
        targetUidValidity: 1,
        created: false,
      },
    },
  ])
  await Promise.all(
    Array.from({ length: 200 }, (_, index) =>
      state.commit([
        {
          kind: 'paired',
          source: 'INBOX',
          runs: [{ source: index + 1, target: index + 1, count: 1, flags: '', origin: 'copied' }],
        },
      ]),
    ),
  )
  expect((await state.messages('INBOX')).pairs).toEqual([
    { source: 1, target: 1, count: 200, flags: '', origin: 'copied' },
  ])
})
