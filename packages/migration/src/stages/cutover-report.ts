import type { Finding } from './finding.ts'

/**
 * The steps of a cut-over, in their order (docs/cutover.md says why it is this one):
 * - `dns-prepare` mailcow's DKIM key and SPF are published, TTLs are low · `ready` everything that must be so beforehand
 * - `aliases-active` · `mailcow-final` the three relay flags · `transport-gone` mailcow is final from here
 * - `alias-domains` · `mailcow-accepts` every old address is taken by mailcow
 * - `old-relays` the old server hands the domain on · `old-accepts` it takes what mailcow takes, and no more
 * - `queue-empty` · `last-delta` · `last-verify` everything is on mailcow · `announced` the hand-over mails
 * - `logins` mailboxes that were switched off are so again · `mx` · `mx-seen` every server answers with it · `restarted`
 */
export type CutoverStepName =
  | 'dns-prepare'
  | 'ready'
  | 'aliases-active'
  | 'mailcow-final'
  | 'transport-gone'
  | 'alias-domains'
  | 'mailcow-accepts'
  | 'old-relays'
  | 'old-accepts'
  | 'queue-empty'
  | 'last-delta'
  | 'last-verify'
  | 'announced'
  | 'logins'
  | 'mx'
  | 'mx-seen'
  | 'restarted'

/**
 * - `done`: changed something, read back · `unchanged`: it was so already
 * - `planned`: dry run · `waiting`: it needs time or somebody; what was done so far is safe
 * - `failed`: see the message; nothing after it was tried · `open`: an action that nothing waits for
 */
export type CutoverStepOutcome = 'done' | 'unchanged' | 'planned' | 'waiting' | 'failed' | 'open'

export interface CutoverStepReport {
  readonly step: CutoverStepName
  /** What the step is about, for people. */
  readonly title: string
  readonly outcome: CutoverStepOutcome
  /** What is so now, as one or more sentences. */
  readonly message: string
  /** Lines that somebody has to write into a zone, run on a server, ... */
  readonly lines?: readonly string[]
  /** Until when it waits, ISO 8601; absent when that is not known. */
  readonly until?: string
}

export interface CutoverDomain {
  readonly domain: string
  /** `mx-pending`: everything is moved, the old server relays; only the DNS is still to be changed by its owner. */
  readonly outcome: 'done' | 'prepared' | 'mx-pending' | 'waiting' | 'failed' | 'planned'
  readonly steps: readonly CutoverStepReport[]
  readonly findings: readonly Finding[]
  /** Who accepts the domain's mail for itself at the end of this run. */
  readonly final: 'old' | 'mailcow' | 'both'
  readonly next: string
}

export interface CutoverReport {
  readonly schema: 'mailmove.cutover/1'
  readonly at: string
  readonly dryRun: boolean
  readonly domains: readonly CutoverDomain[]
  readonly ok: boolean
}
