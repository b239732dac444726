import type { CopyDomain } from './copy-report.ts'

export interface CatchupDomain extends CopyDomain {
  /** Since when nothing came any more, ISO 8601; absent when this run found something. */
  readonly quietSince?: string
  /** Nothing came for so long that it need not be run any more. */
  readonly ended: boolean
  /** Mailboxes that are switched off on mailcow: it lets nobody in, the master user neither. */
  readonly inactive: readonly string[]
}

export interface CatchupReport {
  readonly schema: 'mailmove.catchup/1'
  readonly at: string
  readonly dryRun: boolean
  readonly domains: readonly CatchupDomain[]
  readonly ok: boolean
}
