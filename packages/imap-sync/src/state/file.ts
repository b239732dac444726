import { open, readFile, rename, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { applyChange, nothing, type Contents } from './apply-change.ts'
import type { StateChange, SyncState } from './state.ts'

/** A durable `SyncState` in one file. Close it, or use `await using`. */
export interface FileState extends SyncState, AsyncDisposable {
  close(): Promise<void>
}

/** Commits in the journal before it is written anew when opened. */
const compactAbove = 2000

/**
 * Opens (or makes, with mode 0600) a state in a file: one JSON line a commit, on disk before `commit` resolves. A line that
 * a crash left unfinished is ignored. For one process at a time.
 */
export async function openFileState(file: string): Promise<FileState> {
  const { contents: before, commits, validBytes } = await readJournal(file)
  if (commits > compactAbove) await writeSnapshot(file, before)
  let handle: FileHandle = await open(file, 'a', 0o600)
  if (commits <= compactAbove) await handle.truncate(validBytes)
  await handle.sync()
  let contents = before
  let writing: Promise<unknown> = Promise.resolve()
  const commit = async (changes: readonly StateChange[]): Promise<void> => {
    const next = changes.reduce(applyChange, contents)
    await handle.writeFile(`${JSON.stringify(changes)}\n`)
    await handle.datasync()
    contents = next
  }
  const close = async (): Promise<void> => {
    await writing
    await handle.close()
  }
  return {
    folders: async () => [...contents.folders.values()].map((folder) => folder.head),
    messages: async (source) => contents.folders.get(source)?.messages ?? nothing,
    intents: async () => contents.intents,
    commit(changes) {
      const done = writing.then(() => commit(changes))
      writing = done.catch(() => {})
      return done
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Journal {
  readonly contents: Contents
  readonly commits: number
  /** Bytes up to the end of the last complete line. */
  readonly validBytes: number
}

async function readJournal(file: string): Promise<Journal> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  let contents: Contents = { folders: new Map(), intents: [] }
  let commits = 0
  let at = 0
  for (let end = bytes.indexOf(10, at); end !== -1; end = bytes.indexOf(10, at)) {
    const line: unknown = JSON.parse(bytes.toString('utf8', at, end))
    contents = isSnapshot(line) ? restored(line) : asChanges(line).reduce(applyChange, contents)
    commits += 1
    at = end + 1
  }
  return { contents, commits, validBytes: at }
}

interface Snapshot {
  readonly snapshot: { readonly folders: [string, never][]; readonly intents: Contents['intents'] }
}

function isSnapshot(line: unknown): line is Snapshot {
  return typeof line === 'object' && line !== null && 'snapshot' in line
}

function restored({ snapshot }: Snapshot): Contents {
  return { folders: new Map(snapshot.folders), intents: snapshot.intents }
}

/** What this module wrote itself, and only this module writes here. */
function asChanges(line: unknown): readonly StateChange[] {
  return Array.isArray(line) ? line : []
}

/** The whole memory in one line, in a new file that takes the old one's place when it is on disk. */
async function writeSnapshot(file: string, { folders, intents }: Contents): Promise<void> {
  const temporary = `${file}.new`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify({ snapshot: { folders: [...folders], intents } })}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
  const directory = await open(path.dirname(file), 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
