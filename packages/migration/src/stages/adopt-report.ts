import type { Finding } from './finding.ts'
import type { NoticeCounts, NoticeResult } from './notifying/notice-report.ts'

/** The last login by one protocol. */
export interface LastLogin {
  /** `imap`, `pop3`, `smtp`, `sieve`, … as the server calls it. */
  readonly protocol: string
  /** ISO 8601. */
  readonly at: string
}

/**
 * - `done`: has a password of his own, and no device is on the old server any more (as far as its log tells)
 * - `still-on-old-server`: has a password of his own, but something still logs in there
 * - `waiting`: was handed over, and has no password of his own yet
 * - `not-handed-over`: was not told yet · `inactive`: switched off · `missing`: not on mailcow
 */
export type AdoptState =
  | 'done'
  | 'still-on-old-server'
  | 'waiting'
  | 'not-handed-over'
  | 'inactive'
  | 'missing'

export interface AdoptMailbox {
  readonly mailbox: string
  readonly state: AdoptState
  /** False: it was on mailcow before, with a password that somebody chose. */
  readonly ours: boolean
  /** ISO 8601. */
  readonly handedOverAt?: string
  readonly ownPassword: boolean
  /** When its password was last set by its user; ISO 8601. */
  readonly ownPasswordSince?: string
  /** On mailcow, without logins of ours; the newest of each protocol. */
  readonly newLogins: readonly LastLogin[]
  /** On the old server, without master logins; absent: no log tells. */
  readonly oldLogins?: readonly LastLogin[]
  /** Reminders that were sent, this run's too: 1 for the first. */
  readonly reminders: readonly number[]
  /** When the next one is due, ISO 8601; absent: none any more, or none needed. */
  readonly nextReminderAt?: string
  /** All reminders were of no use: the contact was told. */
  readonly onDigest: boolean
  /** `removed`: by this run · `kept`: under seal as long as it is needed · `none`: there is none (any more). */
  readonly initialPassword: 'kept' | 'removed' | 'none'
  /** Notices of ours that this run took out of the old mailbox. */
  readonly noticesRemoved?: number
}

export interface AdoptCounts {
  readonly mailboxes: number
  readonly done: number
  readonly stillOnOldServer: number
  readonly waiting: number
  readonly notHandedOver: number
  readonly inactive: number
  readonly missing: number
}

export interface AdoptDomain {
  readonly domain: string
  /** `waiting`: not everybody is there yet; `planned`: in a dry run. */
  readonly outcome: 'done' | 'waiting' | 'partial' | 'failed' | 'planned'
  readonly mailboxes: readonly AdoptMailbox[]
  readonly counts: AdoptCounts
  /** Reminders and digests of this run, with `--remind`. */
  readonly notices: readonly NoticeResult[]
  readonly noticeCounts: NoticeCounts
  readonly findings: readonly Finding[]
  readonly next: string
}

export interface AdoptReport {
  readonly schema: 'mailmove.adopt/1'
  /** ISO 8601. */
  readonly at: string
  readonly dryRun: boolean
  readonly domains: readonly AdoptDomain[]
  readonly totals: AdoptCounts
  /** Every notice that was due is out, and all that was to be removed is. */
  readonly ok: boolean
}

const COUNTED = {
  done: 'done',
  'still-on-old-server': 'stillOnOldServer',
  waiting: 'waiting',
  'not-handed-over': 'notHandedOver',
  inactive: 'inactive',
  missing: 'missing',
} as const satisfies Record<AdoptState, keyof AdoptCounts>

export function countAdopted(mailboxes: readonly Pick<AdoptMailbox, 'state'>[]): AdoptCounts {
  const counts = {
    mailboxes: mailboxes.length,
    done: 0,
    stillOnOldServer: 0,
    waiting: 0,
    notHandedOver: 0,
    inactive: 0,
    missing: 0,
  }
  for (const { state } of mailboxes) counts[COUNTED[state]] += 1
  return counts
}

export function addAdopted(parts: readonly AdoptCounts[]): AdoptCounts {
  const sum = (pick: (counts: AdoptCounts) => number) => parts.reduce((all, part) => all + pick(part), 0)
  return {
    mailboxes: sum(({ mailboxes }) => mailboxes),
    done: sum(({ done }) => done),
    stillOnOldServer: sum(({ stillOnOldServer }) => stillOnOldServer),
    waiting: sum(({ waiting }) => waiting),
    notHandedOver: sum(({ notHandedOver }) => notHandedOver),
    inactive: sum(({ inactive }) => inactive),
    missing: sum(({ missing }) => missing),
  }
}
