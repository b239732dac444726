import type { Phase } from '../report.ts'

/** Enough to find a message by hand. Texts are decoded, bounded and printable. */
export interface MessageRef {
  readonly folder: string
  readonly uid: number
  /** Canonical SHA-256, hex (see `messageHash`). */
  readonly hash: string
  readonly bytes: number
  readonly subject?: string
  readonly messageId?: string
  readonly from?: string
  /** INTERNALDATE as ISO 8601. */
  readonly date?: string
}

/** Same content on both sides, but not the same flags or date. */
export interface MessageDifference {
  readonly source: MessageRef
  readonly target: MessageRef
  readonly differences: readonly {
    readonly what: 'flags' | 'date'
    readonly source: string
    readonly target: string
  }[]
}

export interface FolderVerifyReport {
  /** Source folders that go there (several when roles were merged). */
  readonly sources: readonly string[]
  readonly target: string
  readonly sourceMessages: number
  readonly targetMessages: number
  /** Of the source's messages. */
  readonly bytes: number
  /** Same content on both sides, flags and dates too where the phase asks for them. */
  readonly matched: number
  readonly missing: readonly MessageRef[]
  /** On the target only, and no predicate explains it. */
  readonly extra: readonly MessageRef[]
  /** On the target only, explained: the predicate's name with the message. */
  readonly allowedExtra: readonly (MessageRef & { readonly allowedBy: string })[]
  readonly different: readonly MessageDifference[]
  /** Missing, but set aside as a file or excluded by rule. */
  readonly explained: readonly (MessageRef & { readonly explainedBy: string })[]
  /** Missing now, but proven present by an earlier report that was handed in. */
  readonly goneSince: readonly MessageRef[]
  /** Lists are cut at `maxListed`; these are the true counts. */
  readonly counts: {
    readonly missing: number
    readonly extra: number
    readonly allowedExtra: number
    readonly different: number
    readonly explained: number
    readonly goneSince: number
  }
  /** SHA-256 over the sorted hashes of the source's messages: the folder's fingerprint as evidence. */
  readonly sourceDigest: string
  readonly targetDigest: string
  /** Canonical hashes of the source's messages that were found on the target, sorted; only when asked for. */
  readonly hashes?: readonly string[]
  /** The rule that leaves the whole folder out: it was not opened, its messages are counted as explained. */
  readonly excludedBy?: string
  /** A sentence when the folder could not be compared. */
  readonly problem?: string
  readonly ok: boolean
}

export interface VerifyReport {
  readonly schema: 'mailmove/imap-verify-report/1'
  readonly phase: Phase
  readonly ok: boolean
  readonly folders: readonly FolderVerifyReport[]
  /** Source folders that the map does not know. */
  readonly unmapped: readonly string[]
  /** Subscriptions that differ (mirror only). */
  readonly subscriptions: {
    readonly missing: readonly string[]
    readonly extra: readonly string[]
  }
  readonly totals: {
    readonly sourceMessages: number
    readonly targetMessages: number
    readonly bytes: number
    readonly matched: number
    readonly missing: number
    readonly extra: number
    readonly allowedExtra: number
    readonly different: number
    readonly explained: number
    readonly goneSince: number
  }
  readonly startedAt: string
  readonly finishedAt: string
}
