import { applyChange, nothing, type Contents } from './apply-change.ts'
import type { SyncState } from './state.ts'

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
