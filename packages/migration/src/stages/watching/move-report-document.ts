import type { StageDetails, StepDetails, Verification } from './details-report.ts'

/** A message that lies in a file because the new server refuses it. Without its subject: that is its owner's matter. */
export interface NotMovedMessage {
  readonly folder: string
  readonly uid: number
  /** What the new server said, or what is wrong with the message. */
  readonly reason: string
  readonly bytes: number
  /** ISO 8601, as all times here. */
  readonly date?: string
  /** Why somebody let it pass. */
  readonly accepted?: string
}

export interface MovedMailbox {
  readonly mailbox: string
  readonly name?: string
  /** By the configuration: neither created nor copied. */
  readonly skipped: boolean
  /** Switched off on the old server. */
  readonly active: boolean
  /** What the old mailbox held at the last copy. */
  readonly sourceMessages: number
  /** On the new server by us or there already: source without what was set aside, excluded or vanished. */
  readonly movedMessages: number
  /** Of the last comparison; before the first one of the last survey. */
  readonly bytes?: number
  readonly excludedMessages: number
  readonly setAside: readonly NotMovedMessage[]
  /** The last copy of this mailbox: when it ended, and whether all of it was done. */
  readonly copied?: { readonly at: string; readonly complete: boolean }
  /** The last comparison of this mailbox. */
  readonly verified?: {
    readonly at: string
    readonly equal: boolean
    readonly matched: number
    readonly differences: number
  }
  readonly scripts?: number
  readonly contacts?: number
  readonly handedOverAt?: string
}

/** A remark for the customer, by a finding's code. */
export interface MoveRemark {
  readonly code: string
  readonly item?: string
  readonly message: string
  readonly accepted?: string
}

/** The detailed JSON that the customer's report goes with: what was moved, what was not and why, when, verified how. */
export interface MoveReport {
  readonly schema: 'mailmove.report/1'
  readonly at: string
  readonly domain: string
  readonly stage: string
  readonly servers: { readonly old: string; readonly new: string }
  readonly mailboxes: readonly MovedMailbox[]
  readonly totals: {
    readonly mailboxes: number
    readonly sourceMessages: number
    readonly movedMessages: number
    readonly bytes: number
    readonly setAside: number
    readonly excluded: number
    readonly verified: number
  }
  readonly excludedFolders: readonly string[]
  readonly remarks: readonly MoveRemark[]
  readonly stages: readonly StageDetails[]
  readonly steps: readonly StepDetails[]
  readonly verifications: readonly Verification[]
  /** Nothing could reach the old mailboxes any more, and all that had was compared. */
  readonly lastDeltaVerifiedAt?: string
}
