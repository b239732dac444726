import type { Phase } from '@iteg/imap-sync'
import type { Selectable } from 'kysely'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { clip } from './json.ts'
import { ensureDomain, present, presentDate } from './rows.ts'
import type { LedgerDatabase, LedgerTransaction, Schema } from './schema.ts'

interface LedgerDomain {
  readonly domain: string
  readonly firstSeenAt: Date
  readonly phase: Phase
  readonly additiveSince?: Date
  /** Why the domain became additive, in words. */
  readonly additiveReason?: string
}

export interface Domains {
  /** Makes the domain known; changes nothing when it is. */
  ensure(domain: string): Promise<LedgerDomain>
  get(domain: string): Promise<LedgerDomain | undefined>
  list(): Promise<readonly LedgerDomain[]>
  /** `additive` once {@link Domains.makeAdditive} was called or any mailbox was announced; `mirror` before, and for an unknown domain. */
  phase(domain: string): Promise<Phase>
  /** Irreversible: from here on nothing may change or delete what is in the target mailboxes. The first reason stays. */
  makeAdditive(domain: string, reason: string): Promise<LedgerDomain>
}

export function domains(context: LedgerContext): Domains {
  const { db } = context
  return {
    ensure: (domain) =>
      context.write(async (trx) => {
        await ensureDomain(trx, domain, context.timestamp())
        return requireDomain(trx, domain)
      }),
    get: (domain) => findDomain(db, domain),
    list: async () =>
      (await db.selectFrom('domains').selectAll().orderBy('domain').execute()).map(ledgerDomain),
    phase: async (domain) => (await findDomain(db, domain))?.phase ?? 'mirror',
    makeAdditive: (domain, reason) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, domain, now)
        await makeAdditive(trx, domain, reason, now)
        return requireDomain(trx, domain)
      }),
  }
}

/** Also called by what implies it: the first hand-over mail. */
export async function makeAdditive(
  trx: LedgerTransaction,
  domain: string,
  reason: string,
  now: string,
): Promise<void> {
  await trx
    .updateTable('domains')
    .set({ additive_since: now, additive_reason: clip(reason) })
    .where('domain', '=', domain)
    .where('additive_since', 'is', null)
    .execute()
}

async function findDomain(
  db: LedgerDatabase | LedgerTransaction,
  domain: string,
): Promise<LedgerDomain | undefined> {
  const row = await db.selectFrom('domains').selectAll().where('domain', '=', domain).executeTakeFirst()
  return row === undefined ? undefined : ledgerDomain(row)
}

async function requireDomain(trx: LedgerTransaction, domain: string): Promise<LedgerDomain> {
  const found = await findDomain(trx, domain)
  if (found === undefined) throw new LedgerError('unknown_record', `${domain} is not in the ledger`)
  return found
}

function ledgerDomain(row: Selectable<Schema['domains']>): LedgerDomain {
  return {
    domain: row.domain,
    firstSeenAt: new Date(row.first_seen_at),
    phase: row.additive_since === null ? 'mirror' : 'additive',
    ...presentDate('additiveSince', row.additive_since),
    ...present('additiveReason', row.additive_reason),
  }
}
