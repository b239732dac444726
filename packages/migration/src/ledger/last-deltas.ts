import type { LedgerContext } from './database.ts'
import { ensureDomain } from './rows.ts'

/** That nothing can reach the old mailboxes any more, and all that had is on mailcow. */
interface LastDelta {
  readonly domain: string
  /** When the comparison that proves it ended. */
  readonly verifiedAt: Date
}

/** What opens `announce`, and the only thing that does. The cut-over records it once its last delta is verified. */
export interface LastDeltas {
  record(delta: LastDelta): Promise<void>
  get(domain: string): Promise<LastDelta | undefined>
  /** The old server delivers again (a rollback): nobody may be told any more. */
  withdraw(domain: string): Promise<void>
}

export function lastDeltas(context: LedgerContext): LastDeltas {
  const { db } = context
  return {
    record: ({ domain, verifiedAt }) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, domain, now)
        const values = { verified_at: verifiedAt.toISOString(), recorded_at: now }
        await trx
          .insertInto('last_deltas')
          .values({ domain, ...values })
          .onConflict((conflict) => conflict.column('domain').doUpdateSet(values))
          .execute()
      }),

    get: async (domain) => {
      const row = await db
        .selectFrom('last_deltas')
        .selectAll()
        .where('domain', '=', domain)
        .executeTakeFirst()
      return row === undefined ? undefined : { domain, verifiedAt: new Date(row.verified_at) }
    },

    withdraw: (domain) =>
      context.write(async (trx) => {
        await trx.deleteFrom('last_deltas').where('domain', '=', domain).execute()
      }),
  }
}
