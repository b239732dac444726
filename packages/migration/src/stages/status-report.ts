import type { Amount } from './amount.ts'
import type { Finding, FindingCounts } from './finding.ts'
import type { WarnGate } from './notifying/notice-report.ts'

/** Something that stays to be done by a person. */
export interface OpenAction {
  readonly message: string
  /** Exact command line, where there is one. */
  readonly command?: string
  /** What somebody has to write or run elsewhere, line by line. */
  readonly lines?: readonly string[]
}

/** What the next command would stop at now. */
export interface StatusWait {
  /** The waiting period after the warning, TTLs of old records, the hours of the configuration. */
  readonly reason: 'warning' | 'ttl' | 'hours'
  readonly message: string
  /** ISO 8601. */
  readonly until: string
}

export interface StatusMailFlow {
  /**
   * - `staged`: the old server delivers, nothing was begun · `prepared`: DKIM, SPF and short TTLs are published, or asked for
   * - `begun`: in the middle of the cut-over · `mx-pending`: moved, but for the DNS of somebody else · `moved`
   * - `over`: and nothing comes late any more
   * - `taking-back`: in the middle of a rollback · `taken-back`: the old server delivers again · `removed`: and mailcow knows nothing of it
   */
  readonly state:
    | 'staged'
    | 'prepared'
    | 'begun'
    | 'mx-pending'
    | 'moved'
    | 'over'
    | 'taking-back'
    | 'taken-back'
    | 'removed'
  /** What the cut-over would wait for, and until when; empty where it may go on or is done. */
  readonly waitsFor: readonly StatusWait[]
}

export interface StatusMailbox {
  readonly mailbox: string
  /** How far it is: each implies the ones before. */
  readonly state: 'known' | 'surveyed' | 'provisioned' | 'copying' | 'copied' | 'verified' | 'skipped'
  /** Of the last survey. */
  readonly size?: Amount
  readonly newQuotaBytes?: number
  /** Of the last copy. */
  readonly copied?: { readonly at: string; readonly messages: number; readonly setAside: number }
  readonly verified?: { readonly at: string; readonly equal: boolean }
  /** Of the last export: Sieve scripts, whether one of them is on mailcow by us, contacts, and whether they are in SOGo by us. */
  readonly exported?: {
    readonly at: string
    readonly scripts: number
    readonly installed: boolean
    readonly contacts: number
    readonly imported: boolean
  }
  /** ISO 8601: its hand-over was sent; the mailbox is its user's. */
  readonly handedOverAt?: string
  readonly problem?: string
}

export interface StatusDomain {
  readonly domain: string
  /** The last stage that was finished, `rollback` included; `new` before the first. */
  readonly stage: string
  readonly since?: string
  /** Who works on it right now. */
  readonly running?: string
  readonly mailboxes: readonly StatusMailbox[]
  readonly totals: {
    readonly mailboxes: number
    readonly provisioned: number
    readonly copied: number
    readonly verified: number
    readonly size: Amount
  }
  readonly counts: FindingCounts
  /** What stops the domain. */
  readonly blockedBy: readonly Finding[]
  /** Once everybody was warned: since when, and from when on the domain may be cut over. */
  readonly warned?: WarnGate
  /** Absent before the first survey. */
  readonly mailFlow?: StatusMailFlow
  readonly openActions: readonly OpenAction[]
  /** Exact command line of the next action; absent when nothing is left to do. */
  readonly next?: string
}

export interface StatusReport {
  readonly schema: 'mailmove.status/1'
  readonly at: string
  readonly domains: readonly StatusDomain[]
}
