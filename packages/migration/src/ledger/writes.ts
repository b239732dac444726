import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { clip, parseJson } from './json.ts'
import {
  confirmObject,
  forgetIntendedObject,
  intendObject,
  type ObjectKind,
  removeObject,
} from './objects.ts'
import { redact, withoutUserInfo } from './redact.ts'
import { ensureDomain, present } from './rows.ts'
import type { LedgerDatabase, Schema } from './schema.ts'

/** The server that is written to. */
export type WriteSystem = 'mailcow' | 'old-server' | 'new-imap' | 'new-sieve' | 'new-carddav' | 'dns' | 'smtp'

/** What is about to be written to the outside world. */
export interface WriteIntent {
  readonly domain: string
  readonly system: WriteSystem
  /** What is done, in the words of the client: `mailboxes.add`, `aliases.edit`. */
  readonly operation: string
  /** What it is done to: an address, a domain, a host. */
  readonly item: string
  /** Any JSON value. Values under names like `password`, `secret`, `token`, `key` are replaced before anything is stored. */
  readonly payload?: unknown
  /** The write makes this object, which was seen not to be there: it becomes `intended`, and `created` with the outcome `done`. */
  readonly creates?: { readonly kind: ObjectKind; readonly key: string }
  /** The write takes away this object of ours: it becomes `removed` with the outcome `done`. */
  readonly removes?: { readonly kind: ObjectKind; readonly key: string }
}

/** `unknown`: sent, but no answer came; the next run has to read back. */
export type WriteOutcome = 'done' | 'failed' | 'unknown'

interface WriteResult {
  readonly outcome: WriteOutcome
  /** What the server said, or why it failed. */
  readonly message?: string
  /** The number that the server gave to the object made. */
  readonly remoteId?: string
}

export interface OutsideWrite extends Omit<WriteIntent, 'creates' | 'removes'> {
  readonly id: number
  readonly intendedAt: Date
  /** Who ran the command; absent in records of earlier versions. */
  readonly operator?: string
  readonly creates?: { readonly kind: ObjectKind; readonly key: string }
  readonly removes?: { readonly kind: ObjectKind; readonly key: string }
  /** Absent: the process died in between, or is still at it. */
  readonly result?: WriteResult & { readonly at: Date }
}

/** Every write to the outside world: intent before, outcome after. */
export interface OutsideWrites {
  /** Durable on disk when it resolves; only then may the write be sent. Resolves to the number for {@link OutsideWrites.recordOutcome}. */
  recordIntent(intent: WriteIntent): Promise<number>
  /**
   * Records what came of it. An outcome `unknown` may be replaced by a later one (after reading back), any other stays.
   * With `failed`, an object that was only intended is forgotten; with `unknown` it stays `intended`.
   */
  recordOutcome(id: number, result: WriteResult): Promise<void>
  /** Writes without an outcome or with `unknown`, oldest first: a run reads these back before it does anything else. */
  open(domain: string): Promise<readonly OutsideWrite[]>
  /** Newest first. */
  list(domain: string, options?: { readonly limit?: number }): Promise<readonly OutsideWrite[]>
  /** The log: oldest first, of all domains or one, from a time on. Reads in portions, so that others can write meanwhile. */
  log(options?: { readonly domain?: string; readonly since?: Date }): AsyncIterable<OutsideWrite>
}

/** A payload that is longer as JSON is not kept: it is there to explain a write, not to repeat it. */
const MAX_PAYLOAD_LENGTH = 256 * 1024
const DEFAULT_LIMIT = 1000
const LOG_PORTION = 1000

export function outsideWrites(context: LedgerContext): OutsideWrites {
  const { db } = context
  return {
    recordIntent: (intent) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, intent.domain, now)
        if (intent.creates !== undefined)
          await intendObject(trx, { domain: intent.domain, ...intent.creates }, now)
        const { id } = await trx
          .insertInto('writes')
          .values({
            domain: intent.domain,
            system: intent.system,
            operation: intent.operation,
            item: clip(intent.item),
            payload: payloadText(intent.payload),
            intended_at: now,
            creates_kind: intent.creates?.kind ?? null,
            creates_key: intent.creates?.key ?? null,
            removes_kind: intent.removes?.kind ?? null,
            removes_key: intent.removes?.key ?? null,
            outcome: null,
            message: null,
            remote_id: null,
            ended_at: null,
            operator: context.operator,
          })
          .returning('id')
          .executeTakeFirstOrThrow()
        return id
      }),

    recordOutcome: (id, result) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        const row = await trx
          .updateTable('writes')
          .set({
            outcome: result.outcome,
            message: result.message === undefined ? null : clip(withoutUserInfo(result.message)),
            remote_id: result.remoteId ?? null,
            ended_at: now,
          })
          .where('id', '=', id)
          .where((each) => each.or([each('outcome', 'is', null), each('outcome', '=', 'unknown')]))
          .returningAll()
          .executeTakeFirst()
        if (row === undefined)
          throw new LedgerError(
            'unknown_record',
            `write ${id} is not in the ledger or has its outcome already`,
          )
        const creates = named(row.creates_kind, row.creates_key)
        const removes = named(row.removes_kind, row.removes_key)
        if (creates !== undefined) {
          const object = { domain: row.domain, ...creates }
          if (result.outcome === 'done') await confirmObject(trx, object, result.remoteId, now)
          else if (result.outcome === 'failed') await forgetIntendedObject(trx, object)
        }
        if (removes !== undefined && result.outcome === 'done')
          await removeObject(trx, { domain: row.domain, ...removes }, now)
      }),

    open: async (domain) => {
      const rows = await writesOf(db, domain)
        .where((each) => each.or([each('outcome', 'is', null), each('outcome', '=', 'unknown')]))
        .orderBy('id')
        .execute()
      return rows.map(outsideWrite)
    },

    list: async (domain, options = {}) => {
      const rows = await writesOf(db, domain)
        .orderBy('id', 'desc')
        .limit(options.limit ?? DEFAULT_LIMIT)
        .execute()
      return rows.map(outsideWrite)
    },

    log: (options = {}) => readLog(db, options),
  }
}

async function* readLog(
  db: LedgerDatabase,
  { domain, since }: { readonly domain?: string; readonly since?: Date },
): AsyncGenerator<OutsideWrite> {
  let after = 0
  for (;;) {
    let query = db.selectFrom('writes').selectAll().where('id', '>', after).orderBy('id').limit(LOG_PORTION)
    if (domain !== undefined) query = query.where('domain', '=', domain)
    if (since !== undefined) query = query.where('intended_at', '>=', since.toISOString())
    const rows = await query.execute()
    for (const row of rows) yield outsideWrite(row)
    const last = rows.at(-1)
    if (last === undefined || rows.length < LOG_PORTION) return
    after = last.id
  }
}

function writesOf(db: LedgerDatabase, domain: string) {
  return db.selectFrom('writes').selectAll().where('domain', '=', domain)
}

function payloadText(payload: unknown): string | null {
  if (payload === undefined) return null
  const text = JSON.stringify(redact(payload))
  return text.length <= MAX_PAYLOAD_LENGTH ? text : JSON.stringify(`[${text.length} characters left out]`)
}

function named(
  kind: ObjectKind | null,
  key: string | null,
): { readonly kind: ObjectKind; readonly key: string } | undefined {
  return kind === null || key === null ? undefined : { kind, key }
}

function outsideWrite(row: Selectable<Schema['writes']>): OutsideWrite {
  return {
    id: row.id,
    domain: row.domain,
    system: row.system,
    operation: row.operation,
    item: row.item,
    ...present(
      'payload',
      row.payload === null ? undefined : parseJson(z.unknown(), row.payload, 'a payload'),
    ),
    intendedAt: new Date(row.intended_at),
    ...present('operator', row.operator),
    ...present('creates', named(row.creates_kind, row.creates_key)),
    ...present('removes', named(row.removes_kind, row.removes_key)),
    ...present('result', writeResult(row)),
  }
}

function writeResult(row: Selectable<Schema['writes']>): OutsideWrite['result'] {
  if (row.outcome === null || row.ended_at === null) return undefined
  return {
    outcome: row.outcome,
    at: new Date(row.ended_at),
    ...present('message', row.message),
    ...present('remoteId', row.remote_id),
  }
}
