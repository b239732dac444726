import type { FolderMapEntry } from '../folders/types.ts'

/** A target folder with the source folders that go there; none for folders that only the target has. */
export interface FolderGroup {
  readonly targetWire: string
  readonly target: string
  readonly entries: readonly FolderMapEntry[]
}
