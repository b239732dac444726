import type { DomainFacts } from '../domain-facts.ts'
import type { CutoverStepName, CutoverStepOutcome, RollbackStepName } from '../cutover-report.ts'
import type { CutoverWay } from '../../ledger/cutover-steps.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Migration } from '../migration.ts'
import type { MailFlowSides } from './sides.ts'
import type { StageOptions } from '../options.ts'
import type { RelayServer } from './relay-server.ts'

/** What all steps of one domain's cut-over work with. */
export interface CutoverContext {
  readonly migration: Migration
  readonly ledger: Ledger
  readonly domain: string
  readonly way: CutoverWay
  readonly options: CutoverStepOptions
  /** The old server's part: its relay, probes and queue. */
  readonly relay: RelayServer
  /** Reads inventory and mailcow anew; a step that writes asks for it before and after. */
  facts(): Promise<DomainFacts>
  /** Who accepts the domain's mail for itself now. */
  sides(): Promise<MailFlowSides>
}

export interface CutoverStepOptions extends StageOptions {
  readonly dryRun?: boolean
  /** The admin says that the old server, which is changed by hand, relays the domain now. */
  readonly oldServerDone?: boolean
  /** The admin says that the users need no warning, or were warned otherwise. */
  readonly unwarned?: boolean
  /** How long to wait for the old server's queue, default 10 minutes. */
  readonly queueTimeoutMs?: number
  /** How long to wait for the probe message to arrive, default 2 minutes. */
  readonly probeTimeoutMs?: number
  /** How long to wait for the name servers of the zone, default 2 minutes. */
  readonly dnsTimeoutMs?: number
}

export interface StepResult {
  readonly outcome: Exclude<CutoverStepOutcome, 'failed'>
  readonly message: string
  readonly lines?: readonly string[]
  readonly until?: Date
  /** Kept in the ledger: what a later run or the way back needs. */
  readonly detail?: unknown
}

/**
 * One step. `run` looks first, writes only what differs, and reads back: after a crash it is simply run again.
 * It rejects with a `MigrationError` when it cannot be brought about.
 */
export interface CutoverStep {
  readonly name: CutoverStepName | RollbackStepName
  readonly title: string
  run(context: CutoverContext): Promise<StepResult>
}

/** It waits for this, and everything after it too. */
export const isWaiting = ({ outcome }: StepResult): boolean => outcome === 'waiting'
