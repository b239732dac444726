import type { Endpoint, Timeouts } from '../endpoint.ts'
import type { SyncEvent } from '../events.ts'
import type { FolderListing, FolderMap } from '../folders/types.ts'
import type { Logger } from '../logger.ts'
import type { Phase } from '../report.ts'
import type { SyncState } from '../state/state.ts'
import type { SharedLimits } from './shared-limits.ts'

/** A message that matches is not copied; its fate is `excluded` under this name. Rules are data, kept with the migration. */
export type ExcludeRule =
  /** Messages flagged \Deleted at the source. Without this rule they are copied, flag and all. */
  | { readonly name: string; readonly kind: 'deleted' }
  /** Everything in this source folder (name for people; `*` stands for any characters). It is not even opened, and what of it was copied before stays. */
  | { readonly name: string; readonly kind: 'folder'; readonly folder: string }
  /** Messages with one of these canonical hashes (our own notices, say). */
  | { readonly name: string; readonly kind: 'content'; readonly hashes: readonly string[] }

export interface SyncLimits {
  /** Messages a batch may hold. Default 500. */
  readonly batchMessages?: number
  /** Bytes a batch may hold; a single larger message is a batch of its own. Default 32 MiB. */
  readonly batchBytes?: number
  /** Connections to each side that copy at the same time. Default 4. */
  readonly lanes?: number
  /** How often a lost connection is opened again without progress in between. Default 5. */
  readonly reconnects?: number
}

export interface SyncMailbox {
  readonly source: Endpoint
  readonly target: Endpoint
  /** Or what makes it of the source's listing, which this run needs anyway: that saves a login. */
  readonly folderMap: FolderMap | ((source: FolderListing) => Promise<FolderMap>)
  readonly state: SyncState
  readonly phase: Phase
  /** Where messages that cannot be copied go, as files of mode 0600. Made when needed. */
  readonly setAsideDirectory: string
  readonly limits?: SyncLimits
  /** Budget of bytes in flight, bandwidth and connections, shared with other mailboxes of the same process. */
  readonly shared?: SharedLimits
  readonly exclude?: readonly ExcludeRule[]
  /** What the inventory says of the source; an empty source is then a red finding also on the first run. */
  readonly expectMail?: boolean
  /** Red findings that a person has accepted for this run: the brake lets deletions pass, `stateMissing` lets `additive` begin. */
  readonly accepted?: readonly (
    | 'folderDisappeared'
    | 'tooManyDeletions'
    | 'sourceSuddenlyEmpty'
    | 'stateMissing'
  )[]
  /** Try messages again that were set aside in earlier runs. */
  readonly retrySetAside?: boolean
}

export interface SyncOptions {
  readonly signal?: AbortSignal
  readonly logger?: Logger
  readonly timeouts?: Timeouts
  readonly onEvent?: (event: SyncEvent) => void
}
