import type { Selectable } from 'kysely'
import type { SecretKey } from '../secrets/key.ts'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { ensureDomain, present } from './rows.ts'
import type { LedgerDatabase, LedgerTransaction, Schema } from './schema.ts'
import { deleteSecret, type SecretName, storeSecret } from './sealed-secrets.ts'

/** An app password of ours on a user's mailbox. Its text is under seal as purpose `app-password`. */
interface LedgerAppPassword {
  readonly mailbox: string
  readonly domain: string
  /** As the user sees it among his app passwords. */
  readonly name: string
  readonly state: 'intended' | 'created' | 'removed'
  /** mailcow's number; absent until found by reading back. */
  readonly remoteId?: string
  readonly intendedAt: Date
}

/** App passwords that we create, recorded before they exist, so that none is ever left behind. */
export interface AppPasswords {
  /** Durable when it resolves: only then create it. Seals the password with it. */
  intend(
    key: SecretKey,
    input: {
      readonly domain: string
      readonly mailbox: string
      readonly name: string
      readonly password: string
    },
  ): Promise<LedgerAppPassword>
  markCreated(mailbox: string, name: string, remoteId?: string): Promise<void>
  /** Also removes the sealed password. */
  markRemoved(mailbox: string, name: string): Promise<void>
  get(mailbox: string): Promise<LedgerAppPassword | undefined>
  /** All that are not `removed`: what has to be cleaned up at the end. */
  outstanding(domain?: string): Promise<readonly LedgerAppPassword[]>
  /** mailcow's numbers of all that were ever ours, removed ones too. */
  numbers(domain: string): Promise<ReadonlySet<string>>
}

export function appPasswords(context: LedgerContext): AppPasswords {
  const { db } = context
  return {
    intend: (key, input) =>
      context.write(async (trx) => {
        const now = context.timestamp()
        const other = await outstandingOf(trx, input.mailbox).executeTakeFirst()
        if (other !== undefined)
          throw new LedgerError(
            'invalid_record',
            `${input.mailbox} has an app password of ours already (${other.name}): remove it first`,
          )
        const values = {
          domain: input.domain,
          state: 'intended' as const,
          remote_id: null,
          intended_at: now,
          created_at: null,
          removed_at: null,
        }
        await ensureDomain(trx, input.domain, now)
        const row = await trx
          .insertInto('app_passwords')
          .values({ mailbox: input.mailbox, name: input.name, ...values })
          .onConflict((conflict) => conflict.columns(['mailbox', 'name']).doUpdateSet(values))
          .returningAll()
          .executeTakeFirstOrThrow()
        await storeSecret(trx, key, secretName(input), input.password, now)
        return appPassword(row)
      }),

    markCreated: (mailbox, name, remoteId) =>
      context.write(async (trx) => {
        const changed = await trx
          .updateTable('app_passwords')
          .set({ state: 'created', created_at: context.timestamp(), remote_id: remoteId ?? null })
          .where('mailbox', '=', mailbox)
          .where('name', '=', name)
          .where('state', '<>', 'removed')
          .returning('domain')
          .executeTakeFirst()
        if (changed === undefined) throw unknown(mailbox, name)
        if (remoteId === undefined) return
        await trx
          .insertInto('app_password_numbers')
          .values({ domain: changed.domain, remote_id: remoteId })
          .onConflict((conflict) => conflict.doNothing())
          .execute()
      }),

    markRemoved: async (mailbox, name) => {
      await context.write(async (trx) => {
        const row = await trx
          .updateTable('app_passwords')
          .set({ state: 'removed', removed_at: context.timestamp() })
          .where('mailbox', '=', mailbox)
          .where('name', '=', name)
          .where('state', '<>', 'removed')
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) throw unknown(mailbox, name)
        await deleteSecret(trx, secretName(row))
      })
      await context.checkpoint()
    },

    get: async (mailbox) => {
      const row = await outstandingOf(db, mailbox).executeTakeFirst()
      return row === undefined ? undefined : appPassword(row)
    },

    outstanding: async (domain) => {
      let query = db
        .selectFrom('app_passwords')
        .selectAll()
        .where('state', '<>', 'removed')
        .orderBy('mailbox')
      if (domain !== undefined) query = query.where('domain', '=', domain)
      return (await query.execute()).map(appPassword)
    },

    numbers: async (domain) => {
      const rows = await db
        .selectFrom('app_password_numbers')
        .select('remote_id')
        .where('domain', '=', domain)
        .execute()
      return new Set(rows.map((row) => row.remote_id))
    },
  }
}

function outstandingOf(db: LedgerDatabase | LedgerTransaction, mailbox: string) {
  return db
    .selectFrom('app_passwords')
    .selectAll()
    .where('mailbox', '=', mailbox)
    .where('state', '<>', 'removed')
}

function secretName(of: { readonly domain: string; readonly mailbox: string }): SecretName {
  return { domain: of.domain, mailbox: of.mailbox, purpose: 'app-password' }
}

function unknown(mailbox: string, name: string): LedgerError {
  return new LedgerError('unknown_record', `${mailbox} has no app password of ours named ${name}`)
}

function appPassword(row: Selectable<Schema['app_passwords']>): LedgerAppPassword {
  return {
    mailbox: row.mailbox,
    domain: row.domain,
    name: row.name,
    state: row.state,
    ...present('remoteId', row.remote_id),
    intendedAt: new Date(row.intended_at),
  }
}
