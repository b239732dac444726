import type { Finding } from './finding.ts'

/**
 * The steps of a cut-over, in their order (docs/cutover.md says why it is this one):
 * - `dns-prepare` mailcow's DKIM key and SPF are published, TTLs are low · `ready` everything that must be so beforehand
 * - `aliases-active` · `mailcow-final` the three relay flags · `transport-gone` mailcow is final from here
 * - `alias-domains` · `mailcow-accepts` every old address is taken by mailcow
 * - `route-forgotten` its Postfix no longer remembers the way to the old server
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
  | 'route-forgotten'
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
 * The way back after a cut-over, in its order: `old-final` the old server delivers again · `transport` mailcow knows the way there ·
 * `alias-domains-off` · `mailcow-relays` · `mx-back` · `mail-back` what came to mailcow meanwhile is copied to the old mailboxes ·
 * `told` users are asked to go on using the old server
 */
export type RollbackStepName =
  | 'old-final'
  | 'transport'
  | 'alias-domains-off'
  | 'mailcow-relays'
  | 'mx-back'
  | 'mail-back'
  | 'told'

/**
 * - `done`: changed something, read back · `unchanged`: it was so already
 * - `planned`: dry run · `waiting`: it needs time or somebody; what was done so far is safe
 * - `failed`: see the message; nothing after it was tried · `open`: an action that nothing waits for
 */
export type CutoverStepOutcome = 'done' | 'unchanged' | 'planned' | 'waiting' | 'failed' | 'open'

export interface CutoverStepReport {
  readonly step: CutoverStepName | RollbackStepName
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

/** What taking back did, or would do. */
export interface RollbackDomain {
  readonly domain: string
  /** `removed`: it was not cut over yet, what we made on mailcow is gone · `back`: the old server delivers again. */
  readonly outcome: 'removed' | 'back' | 'waiting' | 'failed' | 'planned'
  readonly steps: readonly CutoverStepReport[]
  /** What cannot be taken back, and why. */
  readonly stays: readonly string[]
  readonly final: 'old' | 'mailcow' | 'both'
  readonly next: string
}

export interface RollbackReport {
  readonly schema: 'mailmove.rollback/1'
  readonly at: string
  readonly dryRun: boolean
  readonly domains: readonly RollbackDomain[]
  readonly ok: boolean
}
