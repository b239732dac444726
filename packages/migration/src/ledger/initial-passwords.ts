import type { LedgerContext } from './database.ts'
import { ensureDomain } from './rows.ts'
import type { LedgerTransaction } from './schema.ts'

/** When mailcow says that our initial password of a mailbox was set, read back after we set it. */
export interface InitialPassword {
  readonly domain: string
  readonly mailbox: string
  readonly changedAt: Date
}

/** The mark by which a password of the user's own is told from ours: mailcow's time of the last change differs from it. */
export interface InitialPasswords {
  /** Of mailboxes that were just made. The first time of a mailbox stays: only a reset of ours replaces it. */
  record(marks: readonly InitialPassword[]): Promise<void>
  /** By mailbox. */
  list(domain: string): Promise<ReadonlyMap<string, Date>>
}

export function initialPasswords(context: LedgerContext): InitialPasswords {
  return {
    record: async (marks) => {
      if (marks.length === 0) return
      await context.write(async (trx) => {
        const now = context.timestamp()
        for (const { domain, mailbox, changedAt } of marks) {
          await ensureDomain(trx, domain, now)
          await trx
            .insertInto('initial_passwords')
            .values({ domain, mailbox, changed_at: changedAt.toISOString(), recorded_at: now })
            .onConflict((conflict) => conflict.doNothing())
            .execute()
        }
      })
    },

    list: async (domain) => {
      const rows = await context.db
        .selectFrom('initial_passwords')
        .select(['mailbox', 'changed_at'])
        .where('domain', '=', domain)
        .execute()
      return new Map(rows.map((row) => [row.mailbox, new Date(row.changed_at)]))
    },
  }
}

/** A reset of ours: its time takes the place of the first. */
export async function recordInitialPassword(
  trx: LedgerTransaction,
  { domain, mailbox, changedAt }: InitialPassword,
  now: string,
): Promise<void> {
  const values = { domain, changed_at: changedAt.toISOString(), recorded_at: now }
  await trx
    .insertInto('initial_passwords')
    .values({ mailbox, ...values })
    .onConflict((conflict) => conflict.column('mailbox').doUpdateSet(values))
    .execute()
}
