/** What is looked at before the old server may be switched off. */
export type RetireCheckName =
  | 'moved'
  | 'month'
  | 'logins'
  | 'deliveries'
  | 'verified'
  | 'queue'
  | 'archives'
  | 'sample'

export interface RetireCheck {
  readonly check: RetireCheckName
  /** Absent: the old server as a whole. */
  readonly domain?: string
  readonly ok: boolean
  /** What was looked at, and what it showed. */
  readonly message: string
  /** When it was looked at, ISO 8601. */
  readonly at: string
  /** Names, dates, digests. */
  readonly evidence: readonly string[]
  /** What would make it true. */
  readonly remedy?: string
}

export interface RetireStep {
  readonly step: 'forwarding-hosts' | 'app-passwords' | 'dns' | 'relay'
  readonly domain?: string
  /** `open`: somebody else has to do it */
  readonly outcome: 'done' | 'unchanged' | 'planned' | 'open' | 'failed'
  readonly message: string
  readonly lines: readonly string[]
}

export interface RetireReport {
  readonly schema: 'mailmove.retire/1'
  readonly at: string
  readonly dryRun: boolean
  readonly answer: 'yes' | 'no'
  readonly domains: readonly string[]
  readonly quietDays: number
  readonly checks: readonly RetireCheck[]
  /** With `finish` only, and only after a yes. */
  readonly steps: readonly RetireStep[]
  readonly ok: boolean
}
