import type { SecretKey } from '../secrets/key.ts'
import { open, seal } from '../secrets/seal.ts'
import type { LedgerContext } from './database.ts'
import type { LedgerDatabase, LedgerTransaction } from './schema.ts'

/** What a secret is for; part of what it is sealed with. */
export type SecretPurpose = 'initial-password' | 'next-password' | 'app-password'

export interface SecretName {
  readonly domain: string
  readonly mailbox: string
  readonly purpose: SecretPurpose
}

/** Secrets under seal: only who holds the key file can open them. */
export interface SealedSecrets {
  /** Seals and stores, durable when it resolves; replaces what was there under this name. */
  seal(key: SecretKey, name: SecretName, secret: string): Promise<void>
  /** Opens one. `undefined`: none stored. Throws `SecretError` (`wrong_key`, `secret_damaged`). */
  open(key: SecretKey, name: SecretName): Promise<string | undefined>
  /** When it was sealed; needs no key. */
  sealedAt(name: SecretName): Promise<Date | undefined>
  list(domain: string): Promise<readonly (SecretName & { readonly sealedAt: Date })[]>
  /** Removes it and overwrites the place it had on disk. False: there was none. */
  remove(name: SecretName): Promise<boolean>
}

export function sealedSecrets(context: LedgerContext): SealedSecrets {
  const { db } = context
  return {
    seal: async (key, name, secret) => {
      const replaced = await context.write((trx) => storeSecret(trx, key, name, secret, context.timestamp()))
      if (replaced) await context.checkpoint()
    },

    open: async (key, name) => {
      const row = await secretOf(db, name).select('sealed').executeTakeFirst()
      return row === undefined ? undefined : open(key, name, row.sealed)
    },

    sealedAt: async (name) => {
      const row = await secretOf(db, name).select('sealed_at').executeTakeFirst()
      return row === undefined ? undefined : new Date(row.sealed_at)
    },

    list: async (domain) => {
      const rows = await db
        .selectFrom('secrets')
        .select(['domain', 'mailbox', 'purpose', 'sealed_at'])
        .where('domain', '=', domain)
        .orderBy('mailbox')
        .orderBy('purpose')
        .execute()
      return rows.map(({ sealed_at, ...name }) => ({ ...name, sealedAt: new Date(sealed_at) }))
    },

    remove: async (name) => {
      const wasThere = await context.write((trx) => deleteSecret(trx, name))
      if (wasThere) await context.checkpoint()
      return wasThere
    },
  }
}

/** Also for what stores a secret together with something else. True: it replaced one, so a checkpoint has to follow. */
export async function storeSecret(
  trx: LedgerTransaction,
  key: SecretKey,
  name: SecretName,
  secret: string,
  now: string,
): Promise<boolean> {
  const replaced = await deleteSecret(trx, name)
  const values = { sealed: seal(key, name, secret), sealed_at: now }
  await trx
    .insertInto('secrets')
    .values({ domain: name.domain, mailbox: name.mailbox, purpose: name.purpose, ...values })
    .execute()
  return replaced
}

/** `secure_delete` overwrites the row with zeros; the checkpoint that has to follow does so for the write-ahead log. */
export async function deleteSecret(trx: LedgerTransaction, name: SecretName): Promise<boolean> {
  const result = await trx
    .deleteFrom('secrets')
    .where('domain', '=', name.domain)
    .where('mailbox', '=', name.mailbox)
    .where('purpose', '=', name.purpose)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}

function secretOf(db: LedgerDatabase, name: SecretName) {
  return db
    .selectFrom('secrets')
    .where('domain', '=', name.domain)
    .where('mailbox', '=', name.mailbox)
    .where('purpose', '=', name.purpose)
}
