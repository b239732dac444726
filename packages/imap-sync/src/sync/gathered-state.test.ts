import { expect, test } from 'vitest'
import { deferred } from '../deferred.ts'
import { stateConformance } from '../state/conformance.ts'
import { memoryState } from '../state/memory.ts'
import type { FolderState, PairRun, StateChange, SyncState } from '../state/state.ts'
import { GatheredState } from './gathered-state.ts'

const source = 'INBOX'
const folder: FolderState = {
  source,
  target: 'INBOX',
  sourceUidValidity: 1,
  targetUidValidity: 2,
  created: false,
}
const known: StateChange = { kind: 'folder', folder }

function paired(uid: number): StateChange {
  return { kind: 'paired', source, runs: [pair(uid)] }
}

function pair(uid: number): PairRun {
  return { source: uid, target: uid, count: 1, flags: '', origin: 'copied' }
}

test.for(stateConformance)('a gathered state: $name', async ({ run }) => {
  const harness = {
    open: async (): Promise<SyncState> => new GatheredState(memoryState()),
    reopen: async (state: SyncState) => state,
  }
  await expect(run(harness)).resolves.toBeUndefined()
})

/** A state that counts commits, fails when told to, and lets a test hold one up. */
class Watched implements SyncState {
  readonly inner = memoryState()
  readonly commits: (readonly StateChange[])[] = []
  fails = false
  gate: Promise<void> = Promise.resolve()

  async commit(changes: readonly StateChange[]): Promise<void> {
    this.commits.push(changes)
    await this.gate
    if (this.fails) throw new Error('no disk')
    await this.inner.commit(changes)
  }

  folders = (): ReturnType<SyncState['folders']> => this.inner.folders()
  messages = (name: string): ReturnType<SyncState['messages']> => this.inner.messages(name)
  intents = (): ReturnType<SyncState['intents']> => this.inner.intents()
}

test('what can wait travels with the next commit, in order, and what is read holds it', async () => {
  const watched = new Watched()
  const state = new GatheredState(watched)
  await state.commit([known])
  state.later([paired(1)])
  state.later([paired(2)])
  expect(watched.commits).toHaveLength(1)
  await state.commit([paired(3)])
  expect(watched.commits.slice(1)).toEqual([[paired(1), paired(2), paired(3)]])
  state.later([paired(5)])
  expect((await state.messages(source)).pairs).toEqual([{ ...pair(1), count: 3 }, pair(5)])
  expect(watched.commits).toHaveLength(3)
})

test('a read waits for a commit that is under way', async () => {
  const watched = new Watched()
  const state = new GatheredState(watched)
  await state.commit([known])
  const held = deferred<void>()
  watched.gate = held.promise
  state.later([paired(1)])
  const commit = state.commit([])
  const read = state.messages(source)
  held.resolve()
  await commit
  expect((await read).pairs).toEqual([pair(1)])
})

test('a commit that fails takes nobody’s changes along: the next one tries them again', async () => {
  const watched = new Watched()
  const state = new GatheredState(watched)
  await state.commit([known])
  state.later([paired(1)])
  watched.fails = true
  await expect(state.commit([paired(2)])).rejects.toThrow('no disk')
  watched.fails = false
  await state.commit([paired(4)])
  expect((await state.messages(source)).pairs).toEqual([pair(1), pair(4)])
})

test('what waits is written down soon also when nothing else is', async () => {
  const watched = new Watched()
  const state = new GatheredState(watched)
  await state.commit([known])
  state.later([paired(1)])
  await expect.poll(() => watched.commits.length).toBe(2)
})
