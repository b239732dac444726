import type { ObjectState } from './objects.ts'
import type { Stage, StageOutcome } from './stages.ts'

/** A mailbox as the last survey saw it, and what became of it. */
export interface LedgerMailbox {
  readonly address: string
  readonly domain: string
  readonly name?: string
  /** `null`: unlimited on the old server; absent: unknown. */
  readonly quotaBytes?: number | null
  /** As the old server says. */
  readonly active: boolean
  /** False once a later survey no longer found it. */
  readonly listed: boolean
  /** Whether the mailbox on mailcow is ours: see {@link LedgerObjects}. Absent: we never touched it, so it must never be given a password. */
  readonly creation?: ObjectState
  readonly announcedAt?: Date
}

export interface SurveyedMailbox {
  readonly address: string
  readonly name?: string | undefined
  readonly quotaBytes?: number | null | undefined
  readonly active: boolean
}

/** The last result of one stage for one mailbox. */
export interface MailboxResult {
  readonly address: string
  readonly stage: Stage
  readonly state: StageOutcome
  readonly at: Date
  /** One sentence, for `status`. */
  readonly summary?: string
  /** Numbers for tables: messages by fate, bytes. */
  readonly counts: Readonly<Record<string, number>>
}

export interface Mailboxes {
  /** Takes over what a survey found: new ones are added, known ones updated, those no longer there become `listed: false`. */
  record(
    domain: string,
    found: readonly SurveyedMailbox[],
  ): Promise<{ readonly added: readonly string[]; readonly vanished: readonly string[] }>
  get(address: string): Promise<LedgerMailbox | undefined>
  list(domain?: string): Promise<readonly LedgerMailbox[]>
  /** The first hand-over mail was sent: the mailbox is the user's from here on and its domain becomes additive. Irreversible; the first time stays. */
  markAnnounced(address: string): Promise<void>
  /** Keeps the newest result per mailbox and stage. */
  recordResult(result: {
    readonly address: string
    readonly stage: Stage
    readonly state: StageOutcome
    readonly summary?: string
    readonly counts?: Readonly<Record<string, number>>
  }): Promise<void>
  results(domain: string, stage?: Stage): Promise<readonly MailboxResult[]>
}
