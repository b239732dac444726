import type { LedgerContext } from './database.ts'
import { ensureDomain, presentDate } from './rows.ts'

/** That what lay beside the ledger of a domain is no longer kept. */
export interface ForgottenDomain {
  readonly begunAt: Date
  /** Absent: a run was interrupted while it removed. */
  readonly doneAt?: Date
}

export interface Forgotten {
  get(domain: string): Promise<ForgottenDomain | undefined>
  /** Durable when it resolves; only then may anything be removed. */
  begin(domain: string): Promise<void>
  finish(domain: string): Promise<void>
}

export function forgotten(context: LedgerContext): Forgotten {
  const { db } = context
  return {
    get: async (domain) => {
      const row = await db.selectFrom('forgotten').selectAll().where('domain', '=', domain).executeTakeFirst()
      return row === undefined
        ? undefined
        : { begunAt: new Date(row.begun_at), ...presentDate('doneAt', row.done_at) }
    },

    begin: (domain) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, domain, now)
        const values = { begun_at: now, done_at: null, operator: context.operator }
        await trx
          .insertInto('forgotten')
          .values({ domain, ...values })
          .onConflict((conflict) => conflict.column('domain').doUpdateSet(values))
          .execute()
      }),

    finish: (domain) =>
      context.write(async (trx) => {
        await trx
          .updateTable('forgotten')
          .set({ done_at: context.timestamp() })
          .where('domain', '=', domain)
          .execute()
      }),
  }
}
