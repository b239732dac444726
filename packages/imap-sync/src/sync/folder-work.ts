import type { FolderMapEntry } from '../folders/types.ts'
import type { MessageMetadata } from '../commands/fetch-metadata.ts'
import type { Tally } from './tally.ts'
import type { TargetFolder } from './target-folder.ts'

/** A source folder that is worked on. */
export interface FolderWork {
  readonly entry: FolderMapEntry
  readonly tally: Tally
  readonly target: TargetFolder
  readonly sourceUidValidity: number
  /** Messages whose target flags differ from what the source has: to be corrected after copying (mirror only). */
  readonly flagFixes: FlagFix[]
  /** Messages that the target refused since it last took one. */
  readonly refusedInARow: number[]
}

export interface FlagFix {
  readonly source: number
  readonly target: number
  readonly origin: 'copied' | 'found'
  readonly flags: readonly string[]
}

/** Messages that travel together, sorted by UID. */
export type Batch = readonly MessageMetadata[]
