/** Consecutive UIDs, both ends included. Lists of them are sorted, disjoint and not adjacent. */
export interface UidRange {
  readonly first: number
  readonly last: number
}

/**
 * `count` consecutive messages: source UID `source + i` is target UID `target + i`, for i from 0 to count - 1.
 * `flags` is what we last wrote on the target (see `flagsKey`), the same for the whole run.
 * `origin` says whether we copied the message or found it there by content: only what we copied is ever deleted.
 */
export interface PairRun {
  readonly source: number
  readonly target: number
  readonly count: number
  readonly flags: string
  readonly origin: 'copied' | 'found'
}

/** What the server says of a folder without opening it (RFC 3501 §6.3.10, RFC 7162 §3.1.2). */
export interface FolderStatus {
  readonly uidValidity: number
  readonly uidNext: number
  readonly messages: number
  /** Decimal; absent where the server has no CONDSTORE. Only ever compared for equality or sent back. */
  readonly highestModseq?: string
  /** Bytes, where the server tells (RFC 8438). */
  readonly size?: number
}

/** A pass over the folder ended here with nothing left to do. Both sides unchanged means: nothing to do now. */
export interface Checkpoint {
  readonly source: FolderStatus
  readonly target: FolderStatus
  /** Messages left out in that pass, by rule name. */
  readonly excluded: Readonly<Record<string, number>>
  /** Digest of the rules that were in force; other rules make the checkpoint void. */
  readonly rules: string
  /**
   * How many of the source's messages have a fate that is remembered, as of this checkpoint. A state takes it off the
   * checkpoint with the next change to the folder's messages; where it is absent, they are counted.
   */
  readonly remembered?: { readonly delivered: number; readonly setAside: number }
}

/** One source folder and where it goes. Names are wire names, exactly as the servers list them. */
export interface FolderState {
  readonly source: string
  readonly target: string
  readonly sourceUidValidity: number
  readonly targetUidValidity: number
  /** Whether the target folder was created by us. */
  readonly created: boolean
  readonly checkpoint?: Checkpoint
}

/** A message that could not be copied and lies in a file instead. */
export interface SetAsideRecord {
  readonly uid: number
  /** A sentence for the admin: why. Bounded, printable. */
  readonly reason: string
  /** File name inside the set-aside directory. */
  readonly file: string
  readonly bytes: number
  /** For the report of the run; a state need not keep it. */
  readonly subject?: string
  readonly messageId?: string
  /** INTERNALDATE as ISO 8601. */
  readonly date?: string
}

/** Written before a batch leaves for the target: if we die now, these messages are in doubt. */
export interface Intent {
  readonly id: string
  /** Wire names of the folders. */
  readonly source: string
  readonly target: string
  readonly targetUidValidity: number
  /** Whatever the batch stores gets a UID at or above this one. */
  readonly targetUidNext: number
  /** Source UIDs of the batch. */
  readonly uids: readonly UidRange[]
}

/** All that is known of the messages of one source folder. */
export interface FolderMessages {
  /** Sorted by source UID, disjoint; runs that could be one are one. */
  readonly pairs: readonly PairRun[]
  /** Target UIDs that we copied, whose source is not known any more (the source's UIDVALIDITY changed). */
  readonly orphans: readonly UidRange[]
  /** Source UIDs that were copied, whose copy is not known any more (the target's UIDVALIDITY changed). */
  readonly delivered: readonly UidRange[]
  /** Sorted by UID. */
  readonly setAside: readonly SetAsideRecord[]
}

/** One fact to remember. `source` is the wire name of the source folder. */
export type StateChange =
  /** Creates the folder or replaces its fields; its messages stay. An absent checkpoint erases the old one. */
  | { readonly kind: 'folder'; readonly folder: FolderState }
  /** The source's UIDs lost their meaning: pairs that we copied become orphans, found ones, delivered and set aside are forgotten, the checkpoint too. */
  | { readonly kind: 'sourceReset'; readonly source: string; readonly sourceUidValidity: number }
  /** The target's UIDs lost their meaning: orphans and checkpoint are forgotten; pairs become `delivered`, or are forgotten too. */
  | {
      readonly kind: 'targetReset'
      readonly source: string
      readonly targetUidValidity: number
      readonly keep: 'delivered' | 'nothing'
    }
  | { readonly kind: 'intent'; readonly intent: Intent }
  /** The intent is history: its messages are paired, or known not to be there. Unknown ids are ignored. */
  | { readonly kind: 'settled'; readonly id: string }
  /** Adds pairs. Older pairs, orphans, delivered and set-aside records of the same UIDs give way. */
  | { readonly kind: 'paired'; readonly source: string; readonly runs: readonly PairRun[] }
  /** Forgets pairs and orphans with these target UIDs. */
  | { readonly kind: 'unpaired'; readonly source: string; readonly targets: readonly UidRange[] }
  /** Source UIDs that were delivered, without a known copy. */
  | { readonly kind: 'delivered'; readonly source: string; readonly uids: readonly UidRange[] }
  /** Forgets delivered and set-aside records of source UIDs (they are gone from the source, or to be tried again). */
  | { readonly kind: 'dropped'; readonly source: string; readonly uids: readonly UidRange[] }
  | { readonly kind: 'setAside'; readonly source: string; readonly messages: readonly SetAsideRecord[] }
  | { readonly kind: 'checkpoint'; readonly source: string; readonly checkpoint?: Checkpoint }
  /** Forgets the folder and all its messages. */
  | { readonly kind: 'folderGone'; readonly source: string }

/**
 * The memory of one mailbox's migration, from one run to the next. Implementations must be durable:
 * once `commit` resolved, its changes survive `kill -9` and power loss, all of them or (if it did not resolve) none.
 * `stateConformance` holds the tests an implementation must pass.
 */
export interface SyncState {
  /** Every folder known, in no particular order. */
  folders(): Promise<readonly FolderState[]>
  /** The messages of one source folder (empty lists when unknown). */
  messages(source: string): Promise<FolderMessages>
  /** Batches that were about to be sent when the last run ended, oldest first. */
  intents(): Promise<readonly Intent[]>
  /** Applies the changes in order, atomically and durably. A change for an unknown folder rejects. */
  commit(changes: readonly StateChange[]): Promise<void>
}
