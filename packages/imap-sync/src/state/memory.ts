import { addPairs, removePairs } from './pairs.ts'
import { subtract, toRanges, includes } from './ranges.ts'
import type {
  FolderMessages,
  FolderState,
  Intent,
  PairRun,
  SetAsideRecord,
  StateChange,
  SyncState,
  UidRange,
} from './state.ts'

interface Folder {
  readonly head: FolderState
  readonly messages: FolderMessages
}

interface Contents {
  readonly folders: ReadonlyMap<string, Folder>
  readonly intents: readonly Intent[]
}

const nothing: FolderMessages = { pairs: [], orphans: [], delivered: [], setAside: [] }

/** A `SyncState` that forgets with the process: for tests and one-off copies. */
export function memoryState(): SyncState {
  let contents: Contents = { folders: new Map(), intents: [] }
  return {
    folders: async () => [...contents.folders.values()].map((folder) => folder.head),
    messages: async (source) => contents.folders.get(source)?.messages ?? nothing,
    intents: async () => contents.intents,
    async commit(changes) {
      contents = changes.reduce(applyChange, contents)
    },
  }
}

/** The reference of what each change means. Pure: throws without having changed anything. */
function applyChange(contents: Contents, change: StateChange): Contents {
  if (change.kind === 'intent') {
    const others = contents.intents.filter((intent) => intent.id !== change.intent.id)
    return { ...contents, intents: [...others, change.intent] }
  }
  if (change.kind === 'settled')
    return { ...contents, intents: contents.intents.filter((intent) => intent.id !== change.id) }

  const folders = new Map(contents.folders)
  if (change.kind === 'folder') {
    const messages = folders.get(change.folder.source)?.messages ?? nothing
    folders.set(change.folder.source, { head: change.folder, messages })
    return { ...contents, folders }
  }
  const folder = folders.get(change.source)
  if (folder === undefined) throw new Error(`unknown folder in a state change of kind ${change.kind}`)
  if (change.kind === 'folderGone') {
    folders.delete(change.source)
    const intents = contents.intents.filter((intent) => intent.source !== change.source)
    return { folders, intents }
  }
  folders.set(change.source, applyToFolder(folder, change))
  return { ...contents, folders }
}

type FolderChange = Exclude<StateChange, { kind: 'intent' | 'settled' | 'folder' | 'folderGone' }>

function applyToFolder({ head, messages }: Folder, change: FolderChange): Folder {
  switch (change.kind) {
    case 'sourceReset':
      return {
        head: withoutCheckpoint({ ...head, sourceUidValidity: change.sourceUidValidity }),
        messages: {
          ...nothing,
          orphans: toRanges([
            ...messages.orphans,
            ...targetsOf(messages.pairs.filter((run) => run.origin === 'copied')),
          ]),
        },
      }
    case 'targetReset': {
      const kept = change.keep === 'delivered' ? sourcesOf(messages.pairs) : []
      return {
        head: withoutCheckpoint({ ...head, targetUidValidity: change.targetUidValidity }),
        messages: {
          ...nothing,
          delivered: toRanges([...messages.delivered, ...kept]),
          setAside: messages.setAside,
        },
      }
    }
    case 'paired': {
      const sources = toRanges(sourcesOf(change.runs))
      return {
        head,
        messages: {
          pairs: addPairs(messages.pairs, change.runs),
          orphans: subtract(messages.orphans, toRanges(targetsOf(change.runs))),
          delivered: subtract(messages.delivered, sources),
          setAside: messages.setAside.filter((record) => !includes(sources, record.uid)),
        },
      }
    }
    case 'unpaired': {
      const targets = toRanges(change.targets)
      return {
        head,
        messages: {
          ...messages,
          pairs: removePairs(messages.pairs, 'target', targets),
          orphans: subtract(messages.orphans, targets),
        },
      }
    }
    case 'delivered':
      return { head, messages: { ...messages, delivered: toRanges([...messages.delivered, ...change.uids]) } }
    case 'dropped': {
      const uids = toRanges(change.uids)
      return {
        head,
        messages: {
          ...messages,
          delivered: subtract(messages.delivered, uids),
          setAside: messages.setAside.filter((record) => !includes(uids, record.uid)),
        },
      }
    }
    case 'setAside':
      return { head, messages: { ...messages, setAside: mergeSetAside(messages.setAside, change.messages) } }
    case 'checkpoint': {
      const { checkpoint } = change
      return {
        head: checkpoint === undefined ? withoutCheckpoint(head) : { ...head, checkpoint },
        messages,
      }
    }
    default:
      return change satisfies never
  }
}

function withoutCheckpoint(folder: FolderState): FolderState {
  const { source, target, sourceUidValidity, targetUidValidity, created } = folder
  return { source, target, sourceUidValidity, targetUidValidity, created }
}

function mergeSetAside(
  old: readonly SetAsideRecord[],
  added: readonly SetAsideRecord[],
): readonly SetAsideRecord[] {
  const byUid = new Map([...old, ...added].map((record) => [record.uid, record]))
  return [...byUid.values()].toSorted((a, b) => a.uid - b.uid)
}

/** Source UIDs of pair runs, as ranges in the runs' order. */
export function sourcesOf(runs: readonly PairRun[]): UidRange[] {
  return runs.map((run) => ({ first: run.source, last: run.source + run.count - 1 }))
}

/** Target UIDs of pair runs, as ranges in the runs' order. */
export function targetsOf(runs: readonly PairRun[]): UidRange[] {
  return runs.map((run) => ({ first: run.target, last: run.target + run.count - 1 }))
}
