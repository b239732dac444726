import type { MailboxFailure } from '../copying/failures.ts'

export interface ArchivedMailbox {
  readonly mailbox: string
  /**
   * `unchanged`: its archive was complete already · `partial`: complete, but for messages that the old server did not give ·
   * `planned`: a dry run
   */
  readonly outcome: 'done' | 'unchanged' | 'partial' | 'failed' | 'planned'
  readonly file: string
  /** ISO 8601: when it was read. */
  readonly at?: string
  readonly folders?: number
  readonly messages?: number
  /** Of the messages. */
  readonly bytes?: number
  readonly fileBytes?: number
  /** Of the file. */
  readonly sha256?: string
  /** Mails of mailmove's own, left out. */
  readonly notices?: number
  /** Messages that the old server lists and does not give. */
  readonly unreadable?: number
  /** Folders that the old server lists and does not open. */
  readonly refusedFolders?: readonly string[]
  readonly failure?: MailboxFailure
}

export interface ArchiveDomain {
  readonly domain: string
  readonly folder: string
  readonly mailboxes: readonly ArchivedMailbox[]
}

export interface ArchiveReport {
  readonly schema: 'mailmove.archive/1'
  readonly at: string
  readonly dryRun: boolean
  readonly domains: readonly ArchiveDomain[]
  readonly ok: boolean
}

export interface RestoredFolder {
  /** As it was called on the old server. */
  readonly source: string
  readonly target: string
  readonly restored: number
  /** With the same content, before this run. */
  readonly alreadyThere: number
  readonly failed: number
}

export interface RestoreReport {
  readonly schema: 'mailmove.restore/1'
  readonly at: string
  readonly dryRun: boolean
  readonly archive: string
  /** Whose archive it is, and of when. */
  readonly mailbox: string
  readonly archivedAt: string
  readonly to: string
  readonly server: string
  readonly folders: readonly RestoredFolder[]
  readonly totals: {
    readonly messages: number
    readonly restored: number
    readonly alreadyThere: number
    readonly failed: number
  }
  /** Read again afterwards: what is in the archive and not in the mailbox, or not with its flags and date. */
  readonly missing: number
  readonly changed: number
  /** What the server said to messages that it did not take; at most 20. */
  readonly refusals: readonly string[]
  readonly ok: boolean
}
