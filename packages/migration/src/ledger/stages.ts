import type { Selectable } from 'kysely'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { clip, packDocument, unpackDocument } from './json.ts'
import { ensureDomain, present, presentDate } from './rows.ts'
import type { LedgerDatabase, LedgerTransaction, Schema } from './schema.ts'

/** The stages of a domain as ledger, CLI and reports name them; `verify` and `rollback` are recorded beside them. */
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
  | 'rollback'
  | 'forget'

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
  /** Who ran it; absent in records of earlier versions. */
  readonly operator?: string
}

export interface StageStates {
  /** Every run, oldest first; of all domains or one, from a time on. */
  log(options?: { readonly domain?: string; readonly since?: Date }): Promise<readonly StageRun[]>
  /**
   * Records that a stage starts. Runs of this domain that were never ended become `interrupted`, but for those that this one is
   * a part of: call it under the domain's lock.
   */
  start(domain: string, stage: Stage, options?: { readonly within?: readonly number[] }): Promise<StageRun>
  /** Ends a run. `report` is any JSON value (at most 64 MiB), read back with {@link StageStates.report}. */
  finish(runId: number, result: StageResult): Promise<StageRun>
  /** The last run of a stage, whatever came of it. */
  latest(domain: string, stage: Stage): Promise<StageRun | undefined>
  /** The last run of a stage that ended `done`. */
  latestDone(domain: string, stage: Stage): Promise<StageRun | undefined>
  /** The last run of every stage that was ever started, of one domain or of all. */
  overview(domain?: string): Promise<readonly StageRun[]>
  /** The report that `finish` was given, as parsed JSON. Kept for the last run and the last `done` one of a stage; `undefined` otherwise. */
  report(runId: number): Promise<unknown>
}

interface StageResult {
  readonly state: StageOutcome
  readonly summary?: string
  readonly report?: unknown
}

export function stageStates(context: LedgerContext): StageStates {
  const { db } = context
  return {
    start: (domain, stage, { within = [] } = {}) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, domain, now)
        await trx
          .updateTable('stage_runs')
          .set({ state: 'interrupted', ended_at: now })
          .where('domain', '=', domain)
          .where('state', '=', 'running')
          .where('id', 'not in', within)
          .execute()
        const row = await trx
          .insertInto('stage_runs')
          .values({
            domain,
            stage,
            state: 'running',
            started_at: now,
            ended_at: null,
            summary: null,
            operator: context.operator,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        return stageRun(row)
      }),

    finish: async (runId, result) => {
      const packed = result.report === undefined ? undefined : packDocument(result.report)
      return context.write(async (trx) => {
        const row = await trx
          .updateTable('stage_runs')
          .set({
            state: result.state,
            ended_at: context.timestamp(),
            summary: result.summary === undefined ? null : clip(result.summary),
          })
          .where('id', '=', runId)
          .where('state', '=', 'running')
          .returningAll()
          .executeTakeFirst()
        if (row === undefined)
          throw new LedgerError('unknown_record', `run ${runId} is not in the ledger or has ended already`)
        if (packed !== undefined)
          await trx
            .insertInto('stage_reports')
            .values({ run_id: runId, ...packed })
            .execute()
        await dropOldReports(trx, row.domain, row.stage)
        return stageRun(row)
      })
    },

    latest: async (domain, stage) => {
      const row = await runsOf(db, domain, stage).executeTakeFirst()
      return row === undefined ? undefined : stageRun(row)
    },

    latestDone: async (domain, stage) => {
      const row = await runsOf(db, domain, stage).where('state', '=', 'done').executeTakeFirst()
      return row === undefined ? undefined : stageRun(row)
    },

    overview: async (domain) => {
      let newest = db
        .selectFrom('stage_runs')
        .select((each) => each.fn.max('id').as('id'))
        .groupBy(['domain', 'stage'])
      // Here too: status asks this for each domain, and all runs of all domains would be grouped each time.
      if (domain !== undefined) newest = newest.where('domain', '=', domain)
      let query = db
        .selectFrom('stage_runs')
        .selectAll()
        .where('id', 'in', newest)
        .orderBy('domain')
        .orderBy('id')
      if (domain !== undefined) query = query.where('domain', '=', domain)
      return (await query.execute()).map(stageRun)
    },

    log: async ({ domain, since } = {}) => {
      let query = db.selectFrom('stage_runs').selectAll().orderBy('id')
      if (domain !== undefined) query = query.where('domain', '=', domain)
      if (since !== undefined) query = query.where('started_at', '>=', since.toISOString())
      return (await query.execute()).map(stageRun)
    },

    report: async (runId) => {
      const row = await db
        .selectFrom('stage_reports')
        .selectAll()
        .where('run_id', '=', runId)
        .executeTakeFirst()
      return row === undefined ? undefined : unpackDocument(row, `the report of run ${runId}`)
    },
  }
}

function runsOf(db: LedgerDatabase | LedgerTransaction, domain: string, stage: Stage) {
  return db
    .selectFrom('stage_runs')
    .selectAll()
    .where('domain', '=', domain)
    .where('stage', '=', stage)
    .orderBy('id', 'desc')
    .limit(1)
}

/** Reports can be large and are asked for as "the last one" or "the last good one". */
async function dropOldReports(trx: LedgerTransaction, domain: string, stage: Stage): Promise<void> {
  const latest = await runsOf(trx, domain, stage).executeTakeFirst()
  const latestDone = await runsOf(trx, domain, stage).where('state', '=', 'done').executeTakeFirst()
  const kept = [latest, latestDone].flatMap((run) => (run === undefined ? [] : [run.id]))
  await trx
    .deleteFrom('stage_reports')
    .where('run_id', 'in', (each) =>
      each
        .selectFrom('stage_runs')
        .select('id')
        .where('domain', '=', domain)
        .where('stage', '=', stage)
        .where('id', 'not in', kept),
    )
    .execute()
}

function stageRun(row: Selectable<Schema['stage_runs']>): StageRun {
  return {
    id: row.id,
    domain: row.domain,
    stage: row.stage,
    state: row.state,
    startedAt: new Date(row.started_at),
    ...presentDate('endedAt', row.ended_at),
    ...present('summary', row.summary),
    ...present('operator', row.operator),
  }
}
