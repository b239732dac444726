import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { LedgerContext } from './database.ts'
import { clip, parseJson } from './json.ts'
import { redact } from './redact.ts'
import { ensureDomain, present, presentDate } from './rows.ts'
import type { Schema } from './schema.ts'

/** `forward`: the cut-over; `back`: its rollback. */
export type CutoverWay = 'forward' | 'back'

/** The last try of one step of a domain's cut-over. */
export interface RecordedStep {
  readonly step: string
  readonly startedAt: Date
  /** Absent: it was begun and not finished. */
  readonly doneAt?: Date
  /** What it did, or what it waits for, as one sentence. */
  readonly message?: string
  /** Any JSON value that a later step or the way back needs. */
  readonly detail?: unknown
}

/** What of a domain's cut-over was begun, and what is done: before and after each step. */
export interface CutoverSteps {
  /** Durable when it resolves; only then may the step write. A step that was done before counts as begun again. */
  start(domain: string, way: CutoverWay, step: string): Promise<void>
  finish(
    domain: string,
    way: CutoverWay,
    step: string,
    result: { readonly message: string; readonly detail?: unknown },
  ): Promise<void>
  /** What a step that is not done yet must not forget: until when it waits, say. Durable when it resolves. */
  keep(domain: string, way: CutoverWay, step: string, detail: unknown): Promise<void>
  /** In the order in which they were first begun. */
  list(domain: string, way: CutoverWay): Promise<readonly RecordedStep[]>
  /** A rollback that is complete makes the way forward begin anew, and the other way round. */
  forget(domain: string, way: CutoverWay): Promise<void>
}

export function cutoverSteps(context: LedgerContext): CutoverSteps {
  const { db } = context
  return {
    start: (domain, way, step) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, domain, now)
        await trx
          .insertInto('cutover_steps')
          .values({ domain, way, step, started_at: now, done_at: null, message: null, detail: null })
          .onConflict((conflict) =>
            conflict.columns(['domain', 'way', 'step']).doUpdateSet({ started_at: now, done_at: null }),
          )
          .execute()
      }),

    finish: (domain, way, step, { message, detail }) =>
      context.write(async (trx) => {
        const kept = detail === undefined ? {} : { detail: JSON.stringify(redact(detail)) }
        await trx
          .updateTable('cutover_steps')
          .set({ done_at: context.timestamp(), message: clip(message), ...kept })
          .where('domain', '=', domain)
          .where('way', '=', way)
          .where('step', '=', step)
          .execute()
      }),

    keep: (domain, way, step, detail) =>
      context.write(async (trx) => {
        await trx
          .updateTable('cutover_steps')
          .set({ detail: JSON.stringify(redact(detail)) })
          .where('domain', '=', domain)
          .where('way', '=', way)
          .where('step', '=', step)
          .execute()
      }),

    list: async (domain, way) => {
      const rows = await db
        .selectFrom('cutover_steps')
        .selectAll()
        .where('domain', '=', domain)
        .where('way', '=', way)
        .orderBy('started_at')
        .execute()
      return rows.map(recordedStep)
    },

    forget: (domain, way) =>
      context.write(async (trx) => {
        await trx.deleteFrom('cutover_steps').where('domain', '=', domain).where('way', '=', way).execute()
      }),
  }
}

function recordedStep(row: Selectable<Schema['cutover_steps']>): RecordedStep {
  return {
    step: row.step,
    startedAt: new Date(row.started_at),
    ...presentDate('doneAt', row.done_at),
    ...present('message', row.message),
    ...present('detail', row.detail === null ? undefined : parseJson(z.unknown(), row.detail, 'a step')),
  }
}
