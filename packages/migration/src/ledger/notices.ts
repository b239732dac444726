import type { Selectable } from 'kysely'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { clip } from './json.ts'
import { announce } from './mailboxes.ts'
import { withoutUserInfo } from './redact.ts'
import { ensureDomain, present, presentDate } from './rows.ts'
import type { LedgerDatabase, LedgerTransaction, Schema } from './schema.ts'

/** Into the old mailbox, by mail, or on paper. */
export type NoticeVia = 'append' | 'smtp' | 'letter'

/** `refused`: the other side does not want it; `failed`: it is certain that nothing arrived; `unknown`: it may have. */
export type NoticeOutcome = 'delivered' | 'refused' | 'failed' | 'unknown'

/** What names a notice apart from its text. */
export interface NoticeName {
  readonly domain: string
  /** A mailbox, or the address of a contact. */
  readonly recipient: string
  readonly kind: string
  /** Which reminder, which reset; empty for what happens once. */
  readonly occasion: string
}

export interface NoticeIntent extends NoticeName {
  /** Of the text. */
  readonly version: string
  readonly round: number
  readonly language: string
  readonly via: NoticeVia
  /** With `<>`; for a letter its file. */
  readonly messageId: string
  /** Canonical SHA-256 of what is put into the old mailbox. */
  readonly contentHash?: string
  /** From here on the mailbox is the user's: recorded together with the intent. */
  readonly announces?: boolean
}

export interface LedgerNotice extends NoticeName {
  readonly id: number
  readonly version: string
  readonly round: number
  readonly language: string
  readonly via: NoticeVia
  readonly messageId: string
  /** How often it was tried. */
  readonly attempts: number
  readonly intendedAt: Date
  /** Absent: the process died in between, or is still at it. */
  readonly outcome?: NoticeOutcome
  /** What the other side said. */
  readonly message?: string
  /** Where it is: the UID in the old INBOX, a letter's file. */
  readonly place?: string
  readonly endedAt?: Date
  /** Taken out of the old mailbox again. */
  readonly removedAt?: Date
}

/** Notices to users and contacts: intent before, outcome after; each is also among the writes to the outside world. */
export interface Notices {
  /** Durable when it resolves; only then may it be sent. A notice that was tried before (same name, version, round) is tried again. */
  intend(intent: NoticeIntent): Promise<number>
  /** Records what came of it. `unknown` may be replaced later; anything else stays until it is tried again. */
  settle(
    id: number,
    result: { readonly outcome: NoticeOutcome; readonly message?: string; readonly place?: string },
  ): Promise<void>
  /** All of this name, whatever their version; the newest first. */
  find(name: NoticeName): Promise<readonly LedgerNotice[]>
  /** All of a domain, oldest first. */
  list(domain: string): Promise<readonly LedgerNotice[]>
  /** Canonical hashes of everything that we put, or may have put, into this old mailbox. */
  contents(mailbox: string): Promise<readonly string[]>
  /** Hashes of one notice, one for each time that it was tried. */
  contentsOf(id: number): Promise<readonly string[]>
  markRemoved(id: number): Promise<void>
}

export function notices(context: LedgerContext): Notices {
  const { db } = context
  return {
    intend: (intent) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, intent.domain, now)
        const writeId = await recordWrite(trx, intent, now, context.operator)
        const tried = {
          via: intent.via,
          language: intent.language,
          message_id: intent.messageId,
          write_id: writeId,
          intended_at: now,
          outcome: null,
          message: null,
          place: null,
          ended_at: null,
        }
        const { domain, recipient, kind, occasion, version, round } = intent
        const { id } = await trx
          .insertInto('notices')
          .values({
            domain,
            recipient,
            kind,
            occasion,
            version,
            round,
            ...tried,
            attempts: 1,
            removed_at: null,
          })
          .onConflict((conflict) =>
            conflict
              .columns(['domain', 'recipient', 'kind', 'occasion', 'version', 'round'])
              .doUpdateSet((each) => ({ ...tried, attempts: each('notices.attempts', '+', 1) })),
          )
          .returning('id')
          .executeTakeFirstOrThrow()
        if (intent.contentHash !== undefined)
          await trx
            .insertInto('notice_contents')
            .values({ mailbox: recipient, hash: intent.contentHash, notice_id: id })
            .onConflict((conflict) => conflict.doNothing())
            .execute()
        if (intent.announces === true) await announce(trx, recipient, now)
        return id
      }),

    settle: (id, result) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        const message = result.message === undefined ? null : clip(withoutUserInfo(result.message), 1000)
        const row = await trx
          .updateTable('notices')
          .set({ outcome: result.outcome, message, place: result.place ?? null, ended_at: now })
          .where('id', '=', id)
          .where((each) => each.or([each('outcome', 'is', null), each('outcome', '=', 'unknown')]))
          .returning('write_id')
          .executeTakeFirst()
        if (row === undefined)
          throw new LedgerError(
            'unknown_record',
            `notice ${id} is not in the ledger or has its outcome already`,
          )
        const outcome =
          result.outcome === 'delivered' ? 'done' : result.outcome === 'unknown' ? 'unknown' : 'failed'
        if (row.write_id === null) return
        await trx
          .updateTable('writes')
          .set({ outcome, message, ended_at: now })
          .where('id', '=', row.write_id)
          .execute()
      }),

    find: async (name) => {
      const rows = await db
        .selectFrom('notices')
        .selectAll()
        .where('domain', '=', name.domain)
        .where('recipient', '=', name.recipient)
        .where('kind', '=', name.kind)
        .where('occasion', '=', name.occasion)
        .orderBy('intended_at', 'desc')
        .orderBy('id', 'desc')
        .execute()
      return rows.map(ledgerNotice)
    },

    list: async (domain) => {
      const rows = await db
        .selectFrom('notices')
        .selectAll()
        .where('domain', '=', domain)
        .orderBy('intended_at')
        .orderBy('id')
        .execute()
      return rows.map(ledgerNotice)
    },

    contents: async (mailbox) => {
      const rows = await hashes(db).where('mailbox', '=', mailbox).execute()
      return rows.map(({ hash }) => hash)
    },

    contentsOf: async (id) => {
      const rows = await hashes(db).where('notice_id', '=', id).execute()
      return rows.map(({ hash }) => hash)
    },

    markRemoved: (id) =>
      context.write(async (trx) => {
        await trx
          .updateTable('notices')
          .set({ removed_at: context.timestamp() })
          .where('id', '=', id)
          .execute()
      }),
  }
}

function hashes(db: LedgerDatabase) {
  return db.selectFrom('notice_contents').select('hash').orderBy('hash')
}

/** `mailmove log` shows all writes in one list. The text of a notice is not kept anywhere. */
async function recordWrite(
  trx: LedgerTransaction,
  intent: NoticeIntent,
  now: string,
  operator: string,
): Promise<number | null> {
  const { kind, occasion, version, language, messageId, via } = intent
  // A letter leaves this machine by hand.
  if (via === 'letter') return null
  const nothing = {
    creates_kind: null,
    creates_key: null,
    removes_kind: null,
    removes_key: null,
    outcome: null,
    message: null,
    remote_id: null,
    ended_at: null,
  }
  const { id } = await trx
    .insertInto('writes')
    .values({
      domain: intent.domain,
      system: via === 'append' ? 'old-server' : via,
      operation: `notices.${via === 'append' ? 'append' : 'send'}`,
      item: clip(intent.recipient),
      payload: JSON.stringify({ kind, occasion, version, language, messageId: clip(messageId, 500) }),
      intended_at: now,
      operator,
      ...nothing,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

function ledgerNotice(row: Selectable<Schema['notices']>): LedgerNotice {
  return {
    id: row.id,
    domain: row.domain,
    recipient: row.recipient,
    kind: row.kind,
    occasion: row.occasion,
    version: row.version,
    round: row.round,
    language: row.language,
    via: row.via,
    messageId: row.message_id,
    attempts: row.attempts,
    intendedAt: new Date(row.intended_at),
    ...present('outcome', row.outcome),
    ...present('message', row.message),
    ...present('place', row.place),
    ...presentDate('endedAt', row.ended_at),
    ...presentDate('removedAt', row.removed_at),
  }
}
