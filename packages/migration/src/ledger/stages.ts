/** The stages of a domain as ledger, CLI and reports name them; `verify` is recorded beside them. */
export type Stage =
  | 'survey'
  | 'warn'
  | 'provision'
  | 'copy'
  | 'verify'
  | 'export'
  | 'cutover'
  | 'announce'
  | 'catchup'
  | 'adopt'
  | 'retire'

/**
 * `done`: all of it; `incomplete`: single items failed, all named; `stopped`: a gate or a red finding;
 * `failed`: a server or the network; `interrupted`: by the user, or the process died.
 */
export type StageOutcome = 'done' | 'incomplete' | 'stopped' | 'failed' | 'interrupted'

/** One run of one stage for one domain. */
export interface StageRun {
  readonly id: number
  readonly domain: string
  readonly stage: Stage
  /** `running` of a process that died stays until the next run takes the domain: compare `ledger.lockHolder`. */
  readonly state: 'running' | StageOutcome
  readonly startedAt: Date
  readonly endedAt?: Date
  /** One sentence, for `status`. */
  readonly summary?: string
}

export interface StageStates {
  /** Records that a stage starts. Runs of this domain that were never ended become `interrupted`: call it under the domain's lock. */
  start(domain: string, stage: Stage): Promise<StageRun>
  /** Ends a run. `report` is any JSON value (at most 64 MiB), read back with {@link StageStates.report}. */
  finish(runId: number, result: StageResult): Promise<StageRun>
  /** The last run of a stage, whatever came of it. */
  latest(domain: string, stage: Stage): Promise<StageRun | undefined>
  /** The last run of a stage that ended `done`. */
  latestDone(domain: string, stage: Stage): Promise<StageRun | undefined>
  /** The last run of every stage that was ever started, of one domain or of all. */
  overview(domain?: string): Promise<readonly StageRun[]>
  /** The report that `finish` was given, as parsed JSON. */
  report(runId: number): Promise<unknown>
}

export interface StageResult {
  readonly state: StageOutcome
  readonly summary?: string
  readonly report?: unknown
}
