import type { Finding } from './finding.ts'
import type { StatusWait } from './status-report.ts'

/** What `migrate` goes through, in this order. `prepare` is `cutover --prepare`. */
export const MIGRATE_STAGES = [
  'survey',
  'warn',
  'provision',
  'prepare',
  'copy',
  'verify',
  'export',
  'cutover',
  'catchup',
] as const

export type MigrateStage = (typeof MIGRATE_STAGES)[number]

export interface MigrateStageResult {
  readonly stage: MigrateStage
  /**
   * - `done`: it ran and ended well · `skipped`: it is done already, or does not concern this domain
   * - `partial`: single items failed · `stopped`: a gate · `failed`: a server or the network · `planned`: dry run
   */
  readonly outcome: 'done' | 'skipped' | 'partial' | 'stopped' | 'failed' | 'planned'
  /** What came of it, as one sentence. */
  readonly message: string
}

export interface MigrateDomain {
  readonly domain: string
  /**
   * - `done`: as far as was asked for · `partial`: single items failed, so it went no further
   * - `stopped`: a gate, see `reason` · `failed`: a server or the network · `planned`: dry run
   */
  readonly outcome: 'done' | 'partial' | 'stopped' | 'failed' | 'planned'
  /**
   * What stopped it: `findings` red ones, see `blockedBy` · `waits` time, see `waitsFor` · `confirmation` somebody has to say yes to
   * the cut-over · `usage` the domain or the configuration does not fit · `locked` another run has it · `gate` something else, see `message`
   */
  readonly reason?: 'findings' | 'waits' | 'confirmation' | 'usage' | 'locked' | 'gate'
  readonly stages: readonly MigrateStageResult[]
  readonly blockedBy: readonly Finding[]
  readonly waitsFor: readonly StatusWait[]
  /** Why it stands where it does; absent when done. */
  readonly message?: string
  readonly hint?: string
  /** Lines that somebody has to write into a zone or run on a server. */
  readonly lines?: readonly string[]
  /** Exact command line of what comes next. */
  readonly next: string
}

export interface MigrateReport {
  readonly schema: 'mailmove.migrate/1'
  readonly at: string
  readonly dryRun: boolean
  readonly until: MigrateStage
  readonly domains: readonly MigrateDomain[]
  /** Every domain is as far as was asked for. */
  readonly ok: boolean
}
