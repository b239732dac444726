import type { NoticeKind } from '@iteg/notify'
import type { Finding } from '../finding.ts'

/**
 * What became of one notice.
 * - `sent`: delivered by this run · `found`: delivered by a run that died before it could say so
 * - `already`: an earlier run delivered it · `planned`: in a dry run
 * - `letter`: not mailed but written as a letter to print, because a mail would leak or not be seen
 * - `refused`: the other side does not want it · `failed`: it is certain that nothing arrived
 * - `in-doubt`: it may have arrived; `--again` sends it once more
 */
export type NoticeResultOutcome =
  | 'sent'
  | 'found'
  | 'already'
  | 'planned'
  | 'letter'
  | 'refused'
  | 'failed'
  | 'in-doubt'

export interface NoticeResult {
  readonly recipient: string
  readonly kind: NoticeKind
  readonly language: string
  /** Into the old mailbox, or by mail. */
  readonly via: 'append' | 'smtp'
  readonly outcome: NoticeResultOutcome
  /** Of the text. */
  readonly version: string
  /** Absent where nothing was to be sent. */
  readonly messageId?: string
  /** A letter to print, absolute; beside a mail too, where it may not be seen. Holds the password where the mail does. */
  readonly letter?: string
  /** What the other side said, or why not. */
  readonly message?: string
  readonly remedy?: string
  /** Files of the user that were too large for the mail; they are in the folder of the export. */
  readonly leftOut?: readonly string[]
  /** Bytes of the mail. */
  readonly bytes?: number
}

/** From when on the domain may be cut over, as its users were told. */
export interface WarnGate {
  /** ISO 8601. */
  readonly warnedAt: string
  readonly daysAhead: number
  readonly cutoverFrom: string
}

export interface NoticeCounts {
  readonly sent: number
  /** By an earlier run, also where only this one found it. */
  readonly already: number
  readonly letters: number
  readonly failed: number
  readonly inDoubt: number
}

export interface NoticeDomain {
  readonly domain: string
  readonly outcome: 'done' | 'unchanged' | 'partial' | 'failed' | 'planned'
  readonly notices: readonly NoticeResult[]
  /** Active on the old server or not: those who get nothing, and why. */
  readonly silent: readonly { readonly recipient: string; readonly reason: string }[]
  /** Of the guard. */
  readonly findings: readonly Finding[]
  readonly counts: NoticeCounts
  /** Of `warn`, once all are told. */
  readonly gate?: WarnGate
  readonly next: string
}

export interface NoticeReport<Schema extends string> {
  readonly schema: Schema
  /** ISO 8601. */
  readonly at: string
  readonly dryRun: boolean
  readonly domains: readonly NoticeDomain[]
  readonly totals: NoticeCounts
  readonly durationMs: number
  /** Everybody was told, by mail now or earlier; false also where a letter waits to be passed on. */
  readonly ok: boolean
}

export type WarnReport = NoticeReport<'mailmove.warn/1'>
export type AnnounceReport = NoticeReport<'mailmove.announce/1'>

export function countNotices(notices: readonly NoticeResult[]): NoticeCounts {
  const of = (...outcomes: readonly NoticeResultOutcome[]) =>
    notices.filter(({ outcome }) => outcomes.includes(outcome)).length
  return {
    sent: of('sent'),
    already: of('already', 'found'),
    letters: notices.filter(({ letter }) => letter !== undefined).length,
    failed: of('failed', 'refused'),
    inDoubt: of('in-doubt'),
  }
}

export function addCounts(parts: readonly NoticeCounts[]): NoticeCounts {
  const sum = (pick: (counts: NoticeCounts) => number) => parts.reduce((all, part) => all + pick(part), 0)
  return {
    sent: sum(({ sent }) => sent),
    already: sum(({ already }) => already),
    letters: sum(({ letters }) => letters),
    failed: sum(({ failed }) => failed),
    inDoubt: sum(({ inDoubt }) => inDoubt),
  }
}
