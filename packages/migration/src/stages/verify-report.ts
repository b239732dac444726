/** One message or folder that differs and that nothing explains. */
export interface VerifyDifference {
  readonly kind: 'missing' | 'extra' | 'flags' | 'date' | 'folder' | 'subscription'
  readonly folder: string
  readonly uid?: number
  readonly messageId?: string
  readonly subject?: string
  /** One sentence. */
  readonly detail: string
}

export interface VerifyMailbox {
  readonly mailbox: string
  readonly outcome: 'equal' | 'different' | 'failed'
  readonly sourceMessages: number
  readonly targetMessages: number
  /** Proven equal by content. */
  readonly matched: number
  readonly bytes: number
  /** Missing on mailcow, but set aside as a file or excluded by a rule. */
  readonly explained: number
  /** On mailcow only, and explained: mailcow's own quota mails, our notices. */
  readonly extras: number
  /** Missing now, but proven present by a frozen report: after the hand-over the user may delete. */
  readonly goneSince: number
  /** At most some hundreds are listed; `differenceCount` is exact. */
  readonly differences: readonly VerifyDifference[]
  readonly differenceCount: number
  readonly failure?: { readonly code: string; readonly message: string; readonly remedy: string }
}

export interface VerifyDomain {
  readonly domain: string
  readonly outcome: 'equal' | 'different' | 'failed'
  /** False when `--mailbox` left some out: then it is no evidence for the cut-over. */
  readonly full: boolean
  readonly phase: 'mirror' | 'additive'
  readonly mailboxes: readonly VerifyMailbox[]
  readonly totals: {
    readonly sourceMessages: number
    readonly targetMessages: number
    readonly matched: number
    readonly bytes: number
    readonly differences: number
  }
  /** SHA-256 of the frozen report in the ledger, hex; absent when single mailboxes were chosen. */
  readonly digest?: string
  /** Why nothing was compared for the domain as a whole: another run works on it. */
  readonly message?: string
  readonly next: string
}

export interface VerifyReport {
  readonly schema: 'mailmove.verify/1'
  readonly at: string
  readonly domains: readonly VerifyDomain[]
  /** No unexplained difference, and every mailbox could be read. */
  readonly ok: boolean
}
