import type { Selectable } from 'kysely'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { packDocument, unpackDocument } from './json.ts'
import { ensureDomain, present } from './rows.ts'
import type { Schema } from './schema.ts'

/** A verify report as evidence: never changed, never deleted, its digest checked at every reading. */
interface FrozenVerifyReport {
  readonly id: number
  readonly domain: string
  /** Absent: a report on the whole domain. */
  readonly mailbox?: string
  /** `full`: every message hashed; `changes`: only what was new or changed since. */
  readonly coverage: 'full' | 'changes'
  /** No unexplained difference. */
  readonly green: boolean
  readonly at: Date
  /** SHA-256 (hex) over the report's JSON. */
  readonly digest: string
}

export interface VerifyReports {
  /** Freezes a report (any JSON value). */
  save(input: {
    readonly domain: string
    readonly mailbox?: string
    readonly coverage: 'full' | 'changes'
    readonly green: boolean
    readonly report: unknown
  }): Promise<FrozenVerifyReport>
  /** Newest first, without the reports themselves. */
  list(
    domain: string,
    options?: { readonly mailbox?: string; readonly limit?: number },
  ): Promise<readonly FrozenVerifyReport[]>
  /** The report as parsed JSON. Throws `ledger_damaged` if it no longer fits its digest. */
  read(id: number): Promise<unknown>
}

const DEFAULT_LIMIT = 1000

export function verifyReports(context: LedgerContext): VerifyReports {
  const { db } = context
  return {
    save: async (input) => {
      const packed = packDocument(input.report)
      return context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, input.domain, now)
        const row = await trx
          .insertInto('verify_reports')
          .values({
            domain: input.domain,
            mailbox: input.mailbox ?? null,
            coverage: input.coverage,
            green: input.green ? 1 : 0,
            at: now,
            ...packed,
          })
          .returning(COLUMNS)
          .executeTakeFirstOrThrow()
        return frozenReport(row)
      })
    },

    list: async (domain, options = {}) => {
      let query = db
        .selectFrom('verify_reports')
        .select(COLUMNS)
        .where('domain', '=', domain)
        .orderBy('id', 'desc')
        .limit(options.limit ?? DEFAULT_LIMIT)
      if (options.mailbox !== undefined) query = query.where('mailbox', '=', options.mailbox)
      return (await query.execute()).map(frozenReport)
    },

    read: async (id) => {
      const row = await db
        .selectFrom('verify_reports')
        .select(['digest', 'body'])
        .where('id', '=', id)
        .executeTakeFirst()
      if (row === undefined) throw new LedgerError('unknown_record', `there is no verify report ${id}`)
      return unpackDocument(row, `verify report ${id}`)
    },
  }
}

const COLUMNS = ['id', 'domain', 'mailbox', 'coverage', 'green', 'at', 'digest'] as const

function frozenReport(row: Omit<Selectable<Schema['verify_reports']>, 'body'>): FrozenVerifyReport {
  return {
    id: row.id,
    domain: row.domain,
    ...present('mailbox', row.mailbox),
    coverage: row.coverage,
    green: row.green === 1,
    at: new Date(row.at),
    digest: row.digest,
  }
}
