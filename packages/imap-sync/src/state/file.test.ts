import { appendFile, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stateConformance } from './conformance.ts'
import { openFileState, type FileState } from './file.ts'
import type { SyncState } from './state.ts'

let directory = ''
const files = new Map<SyncState, string>()
const opened: FileState[] = []

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'imap-sync-state-'))
})

afterAll(async () => {
  for (const state of opened) await state.close().catch(() => {})
  await rm(directory, { recursive: true })
})

async function openAt(file: string): Promise<FileState> {
  const state = await openFileState(file)
  files.set(state, file)
  opened.push(state)
  return state
}

const harness = {
  open: () => openAt(path.join(directory, `${files.size}.state`)),
  reopen: (state: SyncState) => openAt(files.get(state) ?? ''),
}

test.for(stateConformance)('the state in a file: $name', async ({ run }) => {
  await expect(run(harness)).resolves.toBeUndefined()
})

const folder = { source: 'a', target: 'b', sourceUidValidity: 1, targetUidValidity: 2, created: false }

test('a line that a crash cut off is ignored, and the next commit does not stick to it', async () => {
  const file = path.join(directory, 'cut.state')
  const first = await openAt(file)
  await first.commit([{ kind: 'folder', folder }])
  await first.close()
  await appendFile(file, '[{"kind":"folderGone","so')
  const second = await openAt(file)
  await second.commit([{ kind: 'folder', folder: { ...folder, source: 'c' } }])
  const third = await openAt(file)
  expect((await third.folders()).map(({ source }) => source)).toEqual(['a', 'c'])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a long journal is written anew and remembers the same', async () => {
  const file = path.join(directory, 'long.state')
  const first = await openAt(file)
  await first.commit([{ kind: 'folder', folder }])
  for (let uid = 1; uid <= 2100; uid += 1)
    await first.commit([
      {
        kind: 'paired',
        source: 'a',
        runs: [{ source: uid, target: uid, count: 1, flags: '', origin: 'copied' }],
      },
    ])
  await first.close()
  const before = (await stat(file)).size
  const second = await openAt(file)
  expect((await stat(file)).size).toBeLessThan(before / 100)
  expect((await second.messages('a')).pairs).toEqual([
    { source: 1, target: 1, count: 2100, flags: '', origin: 'copied' },
  ])
  expect(await second.folders()).toEqual([folder])
})
