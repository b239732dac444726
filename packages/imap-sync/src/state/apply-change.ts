import { addPairs, removePairs, sourcesOf, targetsOf } from './pairs.ts'
import { includes, subtract, toRanges } from './ranges.ts'
import type { FolderMessages, FolderState, Intent, SetAsideRecord, StateChange } from './state.ts'

interface FolderContents {
  readonly head: FolderState
  readonly messages: FolderMessages
}

/** All that a state knows. */
export interface Contents {
  readonly folders: ReadonlyMap<string, FolderContents>
  readonly intents: readonly Intent[]
}

export const nothing: FolderMessages = { pairs: [], orphans: [], delivered: [], setAside: [] }

/** The reference of what each change means. Pure: throws without having changed anything. */
export function applyChange(contents: Contents, change: StateChange): Contents {
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
  const { head, messages } = applyToFolder(folder, change)
  folders.set(change.source, { head: messages === folder.messages ? head : uncounted(head), messages })
  return { ...contents, folders }
}

type FolderChange = Exclude<StateChange, { kind: 'intent' | 'settled' | 'folder' | 'folderGone' }>

function applyToFolder({ head, messages }: FolderContents, change: FolderChange): FolderContents {
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

/** What the checkpoint says of the messages is not true any more. */
function uncounted(folder: FolderState): FolderState {
  if (folder.checkpoint?.remembered === undefined) return folder
  const { source, target, excluded, rules } = folder.checkpoint
  return { ...folder, checkpoint: { source, target, excluded, rules } }
}

function mergeSetAside(
  old: readonly SetAsideRecord[],
  added: readonly SetAsideRecord[],
): readonly SetAsideRecord[] {
  const byUid = new Map([...old, ...added].map((record) => [record.uid, record]))
  return [...byUid.values()].toSorted((a, b) => a.uid - b.uid)
}
