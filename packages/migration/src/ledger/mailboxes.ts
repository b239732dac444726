import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { LedgerContext } from './database.ts'
import { makeAdditive } from './domains.ts'
import { LedgerError } from './errors.ts'
import { clip, parseJson } from './json.ts'
import { ensureDomain, present, presentDate } from './rows.ts'
import type { LedgerDatabase, LedgerTransaction, Schema } from './schema.ts'
import type { ObjectState } from './objects.ts'
import type { Stage, StageOutcome } from './stages.ts'

/** A mailbox as the last survey saw it, and what became of it. */
export interface LedgerMailbox {
  readonly address: string
  readonly domain: string
  readonly name?: string
  /** `null`: unlimited on the old server; absent: unknown. */
  readonly quotaBytes?: number | null
  /** As the old server says. */
  readonly active: boolean
  /** False once a later survey no longer found it. */
  readonly listed: boolean
  /** Whether the mailbox on mailcow is ours: see {@link LedgerObjects}. Absent: we never touched it, so it must never be given a password. */
  readonly creation?: ObjectState
  readonly announcedAt?: Date
}

interface SurveyedMailbox {
  readonly address: string
  readonly name?: string | undefined
  readonly quotaBytes?: number | null | undefined
  readonly active: boolean
}

/** The last result of one stage for one mailbox. */
export interface MailboxResult {
  readonly address: string
  readonly stage: Stage
  readonly state: StageOutcome
  readonly at: Date
  /** One sentence, for `status`. */
  readonly summary?: string
  /** Numbers for tables: messages by fate, bytes. */
  readonly counts: Readonly<Record<string, number>>
}

export interface Mailboxes {
  /** Takes over what a survey found: new ones are added, known ones updated, those no longer there become `listed: false`. */
  record(
    domain: string,
    found: readonly SurveyedMailbox[],
  ): Promise<{ readonly added: readonly string[]; readonly vanished: readonly string[] }>
  get(address: string): Promise<LedgerMailbox | undefined>
  list(domain?: string): Promise<readonly LedgerMailbox[]>
  /** The first hand-over mail was sent: the mailbox is the user's from here on and its domain becomes additive. Irreversible; the first time stays. */
  markAnnounced(address: string): Promise<void>
  /** Keeps the newest result per mailbox and stage. */
  recordResult(result: {
    readonly address: string
    readonly stage: Stage
    readonly state: StageOutcome
    readonly summary?: string
    readonly counts?: Readonly<Record<string, number>>
  }): Promise<void>
  results(domain: string, stage?: Stage): Promise<readonly MailboxResult[]>
}

/** How an unlimited quota is stored. */
const UNLIMITED = -1

export function mailboxes(context: LedgerContext): Mailboxes {
  const { db } = context
  return {
    record: (domain, found) =>
      context.write(async (trx) => {
        await ensureDomain(trx, domain, context.timestamp())
        const known = await trx
          .selectFrom('mailboxes')
          .select(['address', 'listed'])
          .where('domain', '=', domain)
          .execute()
        const listed = new Set(known.filter((row) => row.listed === 1).map((row) => row.address))
        const now = new Set(found.map((mailbox) => mailbox.address))
        for (const mailbox of found) await upsert(trx, domain, mailbox)
        const vanished = [...listed].filter((address) => !now.has(address))
        for (const address of vanished)
          await trx.updateTable('mailboxes').set({ listed: 0 }).where('address', '=', address).execute()
        return { added: [...now].filter((address) => !listed.has(address)), vanished }
      }),

    get: async (address) => {
      const row = await selectMailboxes(db).where('mailboxes.address', '=', address).executeTakeFirst()
      return row === undefined ? undefined : ledgerMailbox(row)
    },

    list: async (domain) => {
      let query = selectMailboxes(db).orderBy('mailboxes.domain').orderBy('mailboxes.address')
      if (domain !== undefined) query = query.where('mailboxes.domain', '=', domain)
      return (await query.execute()).map(ledgerMailbox)
    },

    markAnnounced: (address) => context.write((trx) => announce(trx, address, context.timestamp())),

    recordResult: (result) =>
      context.write(async (trx) => {
        const values = {
          state: result.state,
          at: context.timestamp(),
          summary: result.summary === undefined ? null : clip(result.summary),
          counts: JSON.stringify(result.counts ?? {}),
        }
        const mailbox = await trx
          .selectFrom('mailboxes')
          .select('address')
          .where('address', '=', result.address)
          .executeTakeFirst()
        if (mailbox === undefined)
          throw new LedgerError('unknown_record', `${result.address} is not in the ledger`)
        await trx
          .insertInto('mailbox_results')
          .values({ address: result.address, stage: result.stage, ...values })
          .onConflict((conflict) => conflict.columns(['address', 'stage']).doUpdateSet(values))
          .execute()
      }),

    results: async (domain, stage) => {
      let query = db
        .selectFrom('mailbox_results')
        .innerJoin('mailboxes', 'mailboxes.address', 'mailbox_results.address')
        .selectAll('mailbox_results')
        .where('mailboxes.domain', '=', domain)
        .orderBy('mailbox_results.address')
        .orderBy('mailbox_results.at')
      if (stage !== undefined) query = query.where('mailbox_results.stage', '=', stage)
      return (await query.execute()).map(mailboxResult)
    },
  }
}

/** Also called by what implies it: the intent of a hand-over mail. */
export async function announce(trx: LedgerTransaction, address: string, now: string): Promise<void> {
  const row = await trx.selectFrom('mailboxes').selectAll().where('address', '=', address).executeTakeFirst()
  if (row === undefined) throw new LedgerError('unknown_record', `${address} is not in the ledger`)
  await trx
    .updateTable('mailboxes')
    .set({ announced_at: now })
    .where('address', '=', address)
    .where('announced_at', 'is', null)
    .execute()
  await makeAdditive(trx, row.domain, `the first hand-over mail was sent, to ${address}`, now)
}

async function upsert(trx: LedgerTransaction, domain: string, mailbox: SurveyedMailbox): Promise<void> {
  const values = {
    domain,
    name: mailbox.name ?? null,
    quota_bytes: mailbox.quotaBytes === null ? UNLIMITED : (mailbox.quotaBytes ?? null),
    active: mailbox.active ? (1 as const) : (0 as const),
    listed: 1 as const,
  }
  await trx
    .insertInto('mailboxes')
    .values({ address: mailbox.address, announced_at: null, ...values })
    .onConflict((conflict) => conflict.column('address').doUpdateSet(values))
    .execute()
}

function selectMailboxes(db: LedgerDatabase) {
  return db
    .selectFrom('mailboxes')
    .leftJoin('objects', (join) =>
      join
        .onRef('objects.domain', '=', 'mailboxes.domain')
        .onRef('objects.key', '=', 'mailboxes.address')
        .on('objects.kind', '=', 'mailbox'),
    )
    .selectAll('mailboxes')
    .select('objects.state as creation')
}

function ledgerMailbox(
  row: Selectable<Schema['mailboxes']> & { readonly creation: ObjectState | null },
): LedgerMailbox {
  return {
    address: row.address,
    domain: row.domain,
    ...present('name', row.name),
    ...(row.quota_bytes === UNLIMITED ? { quotaBytes: null } : present('quotaBytes', row.quota_bytes)),
    active: row.active === 1,
    listed: row.listed === 1,
    ...present('creation', row.creation),
    ...presentDate('announcedAt', row.announced_at),
  }
}

const countsSchema = z.record(z.string(), z.number())

function mailboxResult(row: Selectable<Schema['mailbox_results']>): MailboxResult {
  return {
    address: row.address,
    stage: row.stage,
    state: row.state,
    at: new Date(row.at),
    ...present('summary', row.summary),
    counts: parseJson(countsSchema, row.counts, 'the counts of a mailbox'),
  }
}
