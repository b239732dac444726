import type { Selectable } from 'kysely'
import type { SecretKey } from '../secrets/key.ts'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { recordInitialPassword } from './initial-passwords.ts'
import { clip } from './json.ts'
import { ensureDomain, present, presentDate } from './rows.ts'
import type { LedgerTransaction, Schema } from './schema.ts'
import { deleteSecret, storeSecret } from './sealed-secrets.ts'

/**
 * `sealed`: the new password is under seal as `next-password`, and mailcow may have it already; `set`: mailcow has it, and it is
 * the mailbox's initial password; `told`: its mail or letter is out; `failed`: mailcow would not have it.
 */
export type PasswordResetState = 'sealed' | 'set' | 'told' | 'failed'

export interface PasswordReset {
  readonly id: number
  readonly domain: string
  readonly mailbox: string
  readonly state: PasswordResetState
  readonly startedAt: Date
  /** When mailcow says that the password was last set, read back after ours: a later time is the user's own doing. */
  readonly changedAt?: Date
  readonly endedAt?: Date
  readonly message?: string
}

/** New initial passwords, step by step, so that one that was interrupted is finished and not begun anew. */
export interface PasswordResets {
  /** Seals the new password as `next-password`; durable when it resolves. */
  begin(
    key: SecretKey,
    input: { readonly domain: string; readonly mailbox: string; readonly password: string },
  ): Promise<PasswordReset>
  /** mailcow has it: it becomes the initial password under seal, in one step. */
  markSet(key: SecretKey, id: number, password: string, changedAt: Date | undefined): Promise<void>
  /** Ends it. `failed` also removes the password that never came to be. */
  end(id: number, state: 'told' | 'failed', message?: string): Promise<void>
  /** The last one of a mailbox. */
  latest(mailbox: string): Promise<PasswordReset | undefined>
}

export function passwordResets(context: LedgerContext): PasswordResets {
  const { db } = context
  return {
    begin: async (key, { domain, mailbox, password }) => {
      const reset = await context.write(async (trx) => {
        const now = context.timestamp()
        await ensureDomain(trx, domain, now)
        await storeSecret(trx, key, { domain, mailbox, purpose: 'next-password' }, password, now)
        const row = await trx
          .insertInto('password_resets')
          .values({
            domain,
            mailbox,
            state: 'sealed',
            started_at: now,
            changed_at: null,
            ended_at: null,
            message: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        return passwordReset(row)
      })
      await context.checkpoint()
      return reset
    },

    markSet: async (key, id, password, changedAt) => {
      await context.write(async (trx) => {
        const values = { state: 'set' as const, changed_at: changedAt?.toISOString() ?? null }
        const { domain, mailbox } = await update(trx, id, values)
        await storeSecret(
          trx,
          key,
          { domain, mailbox, purpose: 'initial-password' },
          password,
          context.timestamp(),
        )
        await deleteSecret(trx, { domain, mailbox, purpose: 'next-password' })
        if (changedAt !== undefined)
          await recordInitialPassword(trx, { domain, mailbox, changedAt }, context.timestamp())
      })
      await context.checkpoint()
    },

    end: async (id, state, message) => {
      await context.write(async (trx) => {
        const { domain, mailbox } = await update(trx, id, {
          state,
          ended_at: context.timestamp(),
          message: message === undefined ? null : clip(message, 1000),
        })
        if (state === 'failed') await deleteSecret(trx, { domain, mailbox, purpose: 'next-password' })
      })
      if (state === 'failed') await context.checkpoint()
    },

    latest: async (mailbox) => {
      const row = await db
        .selectFrom('password_resets')
        .selectAll()
        .where('mailbox', '=', mailbox)
        .orderBy('id', 'desc')
        .executeTakeFirst()
      return row === undefined ? undefined : passwordReset(row)
    },
  }
}

async function update(
  trx: LedgerTransaction,
  id: number,
  values: Partial<Pick<Schema['password_resets'], 'state' | 'changed_at' | 'ended_at' | 'message'>>,
): Promise<{ readonly domain: string; readonly mailbox: string }> {
  const row = await trx
    .updateTable('password_resets')
    .set(values)
    .where('id', '=', id)
    .returning(['domain', 'mailbox'])
    .executeTakeFirst()
  if (row === undefined) throw new LedgerError('unknown_record', `password reset ${id} is not in the ledger`)
  return row
}

function passwordReset(row: Selectable<Schema['password_resets']>): PasswordReset {
  return {
    id: row.id,
    domain: row.domain,
    mailbox: row.mailbox,
    state: row.state,
    startedAt: new Date(row.started_at),
    ...presentDate('changedAt', row.changed_at),
    ...presentDate('endedAt', row.ended_at),
    ...present('message', row.message),
  }
}
