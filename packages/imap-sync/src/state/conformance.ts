import { deepStrictEqual, rejects } from 'node:assert/strict'
import { memoryState } from './memory.ts'
import { randomChanges } from './random-changes.ts'
import type { FolderState, Intent, PairRun, SetAsideRecord, StateChange, SyncState } from './state.ts'

export interface StateConformanceCase {
  readonly name: string
  /** Rejects with an AssertionError when the implementation breaks the contract. */
  readonly run: (harness: StateHarness) => Promise<void>
}

export interface StateHarness {
  /** A new, empty state. */
  readonly open: () => Promise<SyncState>
  /** The same state as a new process would find it. */
  readonly reopen: (state: SyncState) => Promise<SyncState>
}

const folder: FolderState = {
  source: 'INBOX.Kunden',
  target: 'Kunden',
  sourceUidValidity: 7,
  targetUidValidity: 8,
  created: true,
}
const { source } = folder
const known: StateChange = { kind: 'folder', folder }

const status = { uidValidity: 7, uidNext: 100, messages: 50, highestModseq: '18446744073709551615' }
const checkpoint = {
  source: status,
  target: { uidValidity: 8, uidNext: 2, messages: 1 },
  excluded: { old: 3 },
  rules: 'r',
}

function run(
  from: number,
  to: number,
  count: number,
  flags = '',
  origin: PairRun['origin'] = 'copied',
): PairRun {
  return { source: from, target: to, count, flags, origin }
}

const record: SetAsideRecord = {
  uid: 9,
  reason: 'too large – „Größe“',
  file: 'a.eml',
  bytes: 5_000_000_000,
  messageId: '<Hü "x"@old.example>',
}

function intent(id: string): Intent {
  return {
    id,
    source,
    target: 'Kunden',
    targetUidValidity: 8,
    targetUidNext: 4_294_967_295,
    uids: [
      { first: 1, last: 3 },
      { first: 9, last: 9 },
    ],
  }
}

/** Everything a state tells, in comparable form. */
async function dump(state: SyncState, sources: readonly string[] = [source]): Promise<unknown> {
  const folders = (await state.folders()).toSorted((a, b) => (a.source < b.source ? -1 : 1))
  const messages = await Promise.all(sources.map((name) => state.messages(name)))
  return { folders, messages, intents: await state.intents() }
}

function example(
  name: string,
  commits: readonly (readonly StateChange[])[],
  expected: Partial<Awaited<ReturnType<SyncState['messages']>>>,
): StateConformanceCase {
  return {
    name,
    run: async ({ open, reopen }) => {
      const state = await open()
      for (const changes of commits) await state.commit(changes)
      const empty = { pairs: [], orphans: [], delivered: [], setAside: [] }
      deepStrictEqual(await state.messages(source), { ...empty, ...expected })
      deepStrictEqual(await (await reopen(state)).messages(source), { ...empty, ...expected })
    },
  }
}

const examples: readonly StateConformanceCase[] = [
  example('an unknown folder has no messages', [], {}),
  example(
    'consecutive pairs are one run, however they arrive',
    [
      [known],
      [{ kind: 'paired', source, runs: [run(3, 13, 2)] }],
      [{ kind: 'paired', source, runs: [run(1, 11, 2)] }],
    ],
    { pairs: [run(1, 11, 4)] },
  ),
  example(
    'other flags, another origin or a gap end a run',
    [
      [
        known,
        {
          kind: 'paired',
          source,
          runs: [run(1, 11, 1), run(2, 12, 1, '\\seen'), run(3, 13, 1, '\\seen', 'found'), run(5, 15, 1)],
        },
      ],
    ],
    { pairs: [run(1, 11, 1), run(2, 12, 1, '\\seen'), run(3, 13, 1, '\\seen', 'found'), run(5, 15, 1)] },
  ),
  example(
    'a new pair takes the place of older ones of its source and of its target',
    [
      [known, { kind: 'paired', source, runs: [run(1, 11, 5)] }],
      [{ kind: 'paired', source, runs: [run(3, 15, 1, 'a')] }],
    ],
    { pairs: [run(1, 11, 2), run(3, 15, 1, 'a'), run(4, 14, 1)] },
  ),
  example(
    'forgetting targets splits runs and takes orphans along',
    [
      [known, { kind: 'paired', source, runs: [run(1, 11, 5)] }],
      [
        {
          kind: 'unpaired',
          source,
          targets: [
            { first: 12, last: 12 },
            { first: 15, last: 99 },
          ],
        },
      ],
    ],
    { pairs: [run(1, 11, 1), run(3, 13, 2)] },
  ),
  example(
    'a source reset leaves what we copied as orphans and forgets the rest',
    [
      [known, { kind: 'paired', source, runs: [run(1, 11, 2), run(3, 13, 1, '', 'found')] }],
      [
        { kind: 'setAside', source, messages: [record] },
        { kind: 'delivered', source, uids: [{ first: 20, last: 21 }] },
      ],
      [{ kind: 'sourceReset', source, sourceUidValidity: 70 }],
    ],
    { orphans: [{ first: 11, last: 12 }] },
  ),
  example(
    'orphans that are paired again are orphans no more',
    [
      [
        known,
        { kind: 'paired', source, runs: [run(1, 11, 3)] },
        { kind: 'sourceReset', source, sourceUidValidity: 70 },
      ],
      [{ kind: 'paired', source, runs: [run(5, 12, 1)] }],
    ],
    {
      pairs: [run(5, 12, 1)],
      orphans: [
        { first: 11, last: 11 },
        { first: 13, last: 13 },
      ],
    },
  ),
  example(
    'a target reset may keep that messages were delivered',
    [
      [
        known,
        { kind: 'paired', source, runs: [run(1, 11, 3)] },
        { kind: 'setAside', source, messages: [record] },
      ],
      [{ kind: 'targetReset', source, targetUidValidity: 80, keep: 'delivered' }],
    ],
    { delivered: [{ first: 1, last: 3 }], setAside: [record] },
  ),
  example(
    'or forget them',
    [
      [known, { kind: 'paired', source, runs: [run(1, 11, 3)] }],
      [{ kind: 'targetReset', source, targetUidValidity: 80, keep: 'nothing' }],
    ],
    {},
  ),
  example(
    'a pair ends delivered and set aside',
    [
      [
        known,
        { kind: 'delivered', source, uids: [{ first: 8, last: 10 }] },
        { kind: 'setAside', source, messages: [record] },
      ],
      [{ kind: 'paired', source, runs: [run(9, 19, 1)] }],
    ],
    {
      pairs: [run(9, 19, 1)],
      delivered: [
        { first: 8, last: 8 },
        { first: 10, last: 10 },
      ],
    },
  ),
  example(
    'set aside again replaces; dropped forgets',
    [
      [
        known,
        {
          kind: 'setAside',
          source,
          messages: [
            record,
            { uid: 4, reason: 'r', file: 'f', bytes: 0, messageId: '<m>', date: '2026-11-24T00:00:00.000Z' },
          ],
        },
      ],
      [
        { kind: 'setAside', source, messages: [{ ...record, reason: 'other' }] },
        { kind: 'dropped', source, uids: [{ first: 1, last: 8 }] },
      ],
    ],
    { setAside: [{ ...record, reason: 'other' }] },
  ),
]

const others: readonly StateConformanceCase[] = [
  {
    name: 'folders keep every field; a checkpoint comes, stays through other changes, and goes',
    run: async ({ open, reopen }) => {
      const state = await open()
      await state.commit([known, { kind: 'checkpoint', source, checkpoint }])
      await state.commit([{ kind: 'paired', source, runs: [run(1, 1, 1)] }])
      deepStrictEqual(await (await reopen(state)).folders(), [{ ...folder, checkpoint }])
      await state.commit([{ kind: 'checkpoint', source }])
      deepStrictEqual(await state.folders(), [folder])
      await state.commit([{ kind: 'folder', folder: { ...folder, created: false, checkpoint } }])
      deepStrictEqual(await state.folders(), [{ ...folder, created: false, checkpoint }])
      deepStrictEqual((await state.messages(source)).pairs, [run(1, 1, 1)])
      await state.commit([{ kind: 'sourceReset', source, sourceUidValidity: 9 }])
      deepStrictEqual(await state.folders(), [{ ...folder, created: false, sourceUidValidity: 9 }])
    },
  },
  {
    name: 'what a checkpoint says of the messages goes with the first change to them, the rest of it stays',
    run: async ({ open, reopen }) => {
      const uids = [{ first: 1, last: 2 }]
      const changes: readonly StateChange[] = [
        { kind: 'paired', source, runs: [run(1, 1, 1)] },
        { kind: 'unpaired', source, targets: uids },
        { kind: 'delivered', source, uids },
        { kind: 'dropped', source, uids },
        { kind: 'setAside', source, messages: [record] },
      ]
      const state = await open()
      await state.commit([known])
      const counted = { ...checkpoint, remembered: { delivered: 46, setAside: 1 } }
      for (const change of changes) {
        await state.commit([{ kind: 'checkpoint', source, checkpoint: counted }])
        await state.commit([{ kind: 'intent', intent: intent('a') }])
        deepStrictEqual(await (await reopen(state)).folders(), [{ ...folder, checkpoint: counted }])
        await state.commit([change])
        deepStrictEqual(await (await reopen(state)).folders(), [{ ...folder, checkpoint }])
      }
    },
  },
  {
    name: 'intents stay in their order until they are settled, also over a restart',
    run: async ({ open, reopen }) => {
      const state = await open()
      await state.commit([known, { kind: 'intent', intent: intent('b') }])
      await state.commit([{ kind: 'intent', intent: intent('a') }])
      deepStrictEqual(await (await reopen(state)).intents(), [intent('b'), intent('a')])
      await state.commit([
        { kind: 'settled', id: 'b' },
        { kind: 'settled', id: 'never heard of' },
      ])
      deepStrictEqual(await state.intents(), [intent('a')])
    },
  },
  {
    name: 'a folder that is gone takes its messages and intents along, and no others',
    run: async ({ open, reopen }) => {
      const state = await open()
      const other = { ...folder, source: 'INBOX.kunden' }
      await state.commit([known, { kind: 'folder', folder: other }, { kind: 'intent', intent: intent('a') }])
      await state.commit([
        { kind: 'paired', source, runs: [run(1, 1, 1)] },
        { kind: 'paired', source: other.source, runs: [run(2, 2, 1)] },
        { kind: 'folderGone', source },
      ])
      const expected = {
        folders: [other],
        messages: [
          await memoryState().messages(''),
          { pairs: [run(2, 2, 1)], orphans: [], delivered: [], setAside: [] },
        ],
        intents: [],
      }
      deepStrictEqual(await dump(state, [source, other.source]), expected)
      deepStrictEqual(await dump(await reopen(state), [source, other.source]), expected)
    },
  },
  {
    name: 'a commit that fails changes nothing',
    run: async ({ open, reopen }) => {
      const state = await open()
      await state.commit([known])
      const before = await dump(state)
      await rejects(
        state.commit([
          { kind: 'paired', source, runs: [run(1, 1, 1)] },
          { kind: 'intent', intent: intent('a') },
          { kind: 'paired', source: 'unknown', runs: [run(1, 1, 1)] },
        ]),
      )
      deepStrictEqual(await dump(state), before)
      deepStrictEqual(await dump(await reopen(state)), before)
    },
  },
  {
    name: 'names are bytes, not words: case, blanks and umlauts make different folders',
    run: async ({ open, reopen }) => {
      const state = await open()
      const names = ['a', 'A', 'a ', 'ä', 'a\u0308', "a'; DROP TABLE folder; --", 'a%', 'a_']
      for (const [index, name] of names.entries())
        await state.commit([
          { kind: 'folder', folder: { ...folder, source: name } },
          { kind: 'paired', source: name, runs: [run(index + 1, 1, 1)] },
        ])
      const again = await reopen(state)
      for (const [index, name] of names.entries())
        deepStrictEqual((await again.messages(name)).pairs, [run(index + 1, 1, 1)])
      deepStrictEqual((await again.folders()).length, names.length)
    },
  },
  {
    name: 'it agrees with the state in memory after any changes',
    run: async ({ open, reopen }) => {
      for (let seed = 1; seed <= 20; seed += 1) {
        let state = await open()
        const model = memoryState()
        const sources = ['one', 'two']
        for (const changes of randomChanges(seed, sources)) {
          await Promise.all([state.commit(changes), model.commit(changes)])
          if (changes.length % 2 === 0) state = await reopen(state)
        }
        deepStrictEqual(await dump(state, sources), await dump(model, sources), `seed ${seed}`)
      }
    },
  },
]

/** Tests for implementations of `SyncState`, for any test runner: `for (const c of stateConformance) test(c.name, () => c.run(harness))`. */
export const stateConformance: readonly StateConformanceCase[] = [...examples, ...others]
