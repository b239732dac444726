import type { DomainProgress } from '../../progress/progress-file.ts'
import type { Finding } from '../finding.ts'
import type { StatusDomain } from '../status-report.ts'

/** The last run of one stage. */
export interface StageDetails {
  readonly stage: string
  readonly state: 'running' | 'done' | 'incomplete' | 'stopped' | 'failed' | 'interrupted'
  /** ISO 8601, as all times here. */
  readonly startedAt: string
  readonly endedAt?: string
  readonly summary?: string
}

export interface StepDetails {
  readonly way: 'forward' | 'back'
  readonly step: string
  readonly startedAt: string
  readonly doneAt?: string
  readonly message?: string
}

/** One notice to a user or contact: that there was one and what became of it, never its text. */
export interface NoticeDetails {
  readonly recipient: string
  readonly kind: string
  /** Which reminder, which reset. */
  readonly occasion?: string
  readonly via: 'append' | 'smtp' | 'letter'
  readonly at: string
  /** `open`: its sender died in between, or is still at it. */
  readonly outcome: 'delivered' | 'refused' | 'failed' | 'unknown' | 'open'
  readonly message?: string
}

/** A frozen verify report. */
export interface Verification {
  readonly at: string
  readonly coverage: 'full' | 'changes'
  readonly green: boolean
  /** SHA-256, hex, of the report in the ledger. */
  readonly digest: string
}

/** How far the users of a domain are, as `adopt` saw it last. */
export interface Adoption {
  readonly at: string
  readonly mailboxes: readonly {
    readonly mailbox: string
    readonly state: string
    readonly ownPasswordSince?: string
    /** The newest login, by whatever protocol. */
    readonly lastNewLogin?: string
    readonly lastOldLogin?: string
    /** How many reminders were sent. */
    readonly reminders: number
  }[]
}

/** All that the ledger tells of one domain, without a secret and without a subject. */
export interface DomainDetails {
  readonly schema: 'mailmove.domain/1'
  readonly at: string
  readonly status: StatusDomain
  /** All, the accepted ones too; most severe first. */
  readonly findings: readonly Finding[]
  readonly stages: readonly StageDetails[]
  readonly steps: readonly StepDetails[]
  /** Newest first, at most 1,000. */
  readonly notices: readonly NoticeDetails[]
  /** Of the domain as a whole; newest first. */
  readonly verifications: readonly Verification[]
  /** Absent before the first `adopt`. */
  readonly adoption?: Adoption
  readonly progress: DomainProgress
}
