import type { SetAsideRecord } from './state/state.ts'

/** `mirror` until the last delta, then `additive` for ever: additions only. */
export type Phase = 'mirror' | 'additive'

/** How many source messages met which fate. The sum is the source folder's EXISTS, or the run is not complete. */
export interface Fates {
  /** Copied in this run. */
  readonly copied: number
  /** Copied earlier, or found on the target by content. */
  readonly alreadyThere: number
  readonly setAside: number
  readonly excluded: number
  /** Seen when the folder was listed, gone when it was to be fetched. */
  readonly vanished: number
}

/** What was done to the target besides copying. */
export interface Changes {
  readonly foldersCreated: number
  readonly subscriptions: number
  /** Messages whose flags were changed. */
  readonly flags: number
  readonly moved: number
  readonly deleted: number
  readonly foldersDeleted: number
}

export type FindingCode =
  /** A folder that we copied is not listed by the source any more; nothing was deleted. */
  | 'folderDisappeared'
  /** A folder that was listed was gone when it was to be opened. */
  | 'folderVanished'
  /** More deletions than the brake allows; nothing was deleted. */
  | 'tooManyDeletions'
  /** The source shows no mail where there was some before, or where the inventory says there is. */
  | 'sourceSuddenlyEmpty'
  /** The target mailbox is full; copying it stopped. */
  | 'overQuota'
  /** `additive` without any memory of what was copied before. */
  | 'stateMissing'
  /** UIDVALIDITY changed; messages were matched by content. */
  | 'uidValidityChanged'
  /** Copies had vanished from the target; they were copied again. */
  | 'refilled'
  /** Keywords the target does not keep. */
  | 'keywordsDropped'
  | 'messageSetAside'
  /** A folder could not be read or written; its messages are not accounted for. */
  | 'folderFailed'
  /** The target offers no way to delete single messages (UIDPLUS); deletions were left out. */
  | 'deletionsImpossible'
  | 'subscriptionFailed'
  /** Source and sum of fates disagree. */
  | 'sumMismatch'
  /** The source has a folder that the map does not know; its messages are not accounted for. */
  | 'folderUnmapped'
  /** Folders of the source that are left out: shared or virtual. */
  | 'folderLeftOut'
  /** Copies that a server stored although the connection was lost, and that were sent again (`additive` only: `mirror` removes them). */
  | 'storedTwice'
  /** A date that servers do not take (before 1970, in the future) was replaced. */
  | 'dateReplaced'

export interface SyncFinding {
  readonly code: FindingCode
  readonly severity: 'red' | 'yellow' | 'info'
  /** Folder name for people, where it is about one. */
  readonly folder?: string
  readonly message: string
  /** What to do about it. */
  readonly remedy?: string
  readonly count?: number
}

export interface FolderReport {
  readonly source: string
  readonly target: string
  /** Messages the source had when it was listed. */
  readonly exists: number
  readonly fates: Fates
  readonly changes: Changes
  readonly bytesCopied: number
  /** Excluded messages by rule name. */
  readonly excluded: Readonly<Record<string, number>>
  /** Keywords that were dropped, with how many messages had them. */
  readonly droppedKeywords: Readonly<Record<string, number>>
  readonly setAside: readonly SetAsideRecord[]
  /** Every message has a fate and nothing failed. */
  readonly complete: boolean
  /** Neither side was opened, for nothing had changed. */
  readonly unchanged: boolean
}

export interface SyncReport {
  readonly schema: 'mailmove/imap-sync-report/1'
  readonly phase: Phase
  /** `complete`: every message has its fate; `incomplete`: something failed, see findings; `stopped`: a red finding stopped it. */
  readonly outcome: 'complete' | 'incomplete' | 'stopped'
  readonly folders: readonly FolderReport[]
  readonly totals: Fates & { readonly exists: number; readonly bytesCopied: number }
  readonly changes: Changes
  readonly findings: readonly SyncFinding[]
  /** Commands sent to each side, logins not counted. */
  readonly commands: { readonly source: number; readonly target: number }
  /** ISO 8601. */
  readonly startedAt: string
  readonly finishedAt: string
}
