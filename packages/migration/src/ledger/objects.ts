import type { Selectable } from 'kysely'
import type { LedgerContext } from './database.ts'
import { present, presentDate } from './rows.ts'
import type { LedgerTransaction, Schema } from './schema.ts'

/** Kinds of things that we make on the new server. */
export type ObjectKind =
  | 'domain'
  | 'mailbox'
  | 'alias'
  | 'alias-domain'
  | 'transport'
  | 'forwarding-host'
  | 'filter'
  /** Key: mailbox or domain, blank, sender. */
  | 'policy'
  /** Key: the mailbox. */
  | 'spam-score'
  | 'app-password'
  /** Key: mailbox, `/`, the script's name; its number is the SHA-256 of what we wrote. */
  | 'sieve-script'
  /** The same key: we made it the active one. */
  | 'active-sieve-script'

/**
 * `intended`: we were about to make it (it was not there before) and don't know what came of it;
 * `created`: it is ours; `removed`: it was ours and we took it away again.
 */
export type ObjectState = 'intended' | 'created' | 'removed'

/** What names an object: the domain on whose behalf it was made, its kind, and an address, name or host. */
export interface ObjectName {
  readonly domain: string
  readonly kind: ObjectKind
  readonly key: string
}

/** Something on the new server that we made. What is not listed here is not ours and is never deleted. */
export interface LedgerObject extends ObjectName {
  readonly state: ObjectState
  /** The server's own number, where it has one. */
  readonly remoteId?: string
  readonly intendedAt: Date
  readonly createdAt?: Date
  readonly removedAt?: Date
}

/** What is ours on the new server. Written by {@link OutsideWrites} only. */
export interface LedgerObjects {
  get(domain: string, kind: ObjectKind, key: string): Promise<LedgerObject | undefined>
  /** All of a domain, oldest first. */
  list(domain: string, kind?: ObjectKind): Promise<readonly LedgerObject[]>
  /** True if it is `created`. */
  isOurs(domain: string, kind: ObjectKind, key: string): Promise<boolean>
}

export function ledgerObjects(context: LedgerContext): LedgerObjects {
  const { db } = context
  const get: LedgerObjects['get'] = async (domain, kind, key) => {
    const row = await db
      .selectFrom('objects')
      .selectAll()
      .where('domain', '=', domain)
      .where('kind', '=', kind)
      .where('key', '=', key)
      .executeTakeFirst()
    return row === undefined ? undefined : ledgerObject(row)
  }
  return {
    get,
    list: async (domain, kind) => {
      let query = db
        .selectFrom('objects')
        .selectAll()
        .where('domain', '=', domain)
        .orderBy('intended_at')
        .orderBy('kind')
        .orderBy('key')
      if (kind !== undefined) query = query.where('kind', '=', kind)
      return (await query.execute()).map(ledgerObject)
    },
    isOurs: async (domain, kind, key) => (await get(domain, kind, key))?.state === 'created',
  }
}

/** The first half of making something. What is ours already stays as it is: the write will find it there. */
export async function intendObject(trx: LedgerTransaction, object: ObjectName, now: string): Promise<void> {
  const fresh = {
    state: 'intended' as const,
    remote_id: null,
    intended_at: now,
    created_at: null,
    removed_at: null,
  }
  await trx
    .insertInto('objects')
    .values({ domain: object.domain, kind: object.kind, key: object.key, ...fresh })
    .onConflict((conflict) =>
      conflict.columns(['domain', 'kind', 'key']).doUpdateSet(fresh).where('objects.state', '=', 'removed'),
    )
    .execute()
}

/** It is there, and we made it. */
export async function confirmObject(
  trx: LedgerTransaction,
  object: ObjectName,
  remoteId: string | undefined,
  now: string,
): Promise<void> {
  await trx
    .updateTable('objects')
    .where('domain', '=', object.domain)
    .where('kind', '=', object.kind)
    .where('key', '=', object.key)
    .set({ state: 'created', created_at: now, ...(remoteId === undefined ? {} : { remote_id: remoteId }) })
    .execute()
}

/** It was not made after all. What is `created` stays: an earlier write made it. */
export async function forgetIntendedObject(trx: LedgerTransaction, object: ObjectName): Promise<void> {
  await trx
    .deleteFrom('objects')
    .where('domain', '=', object.domain)
    .where('kind', '=', object.kind)
    .where('key', '=', object.key)
    .where('state', '=', 'intended')
    .execute()
}

export async function removeObject(trx: LedgerTransaction, object: ObjectName, now: string): Promise<void> {
  await trx
    .updateTable('objects')
    .where('domain', '=', object.domain)
    .where('kind', '=', object.kind)
    .where('key', '=', object.key)
    .set({ state: 'removed', removed_at: now })
    .execute()
}

function ledgerObject(row: Selectable<Schema['objects']>): LedgerObject {
  return {
    domain: row.domain,
    kind: row.kind,
    key: row.key,
    state: row.state,
    ...present('remoteId', row.remote_id),
    intendedAt: new Date(row.intended_at),
    ...presentDate('createdAt', row.created_at),
    ...presentDate('removedAt', row.removed_at),
  }
}
