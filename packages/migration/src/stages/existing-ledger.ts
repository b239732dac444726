import { LedgerError } from '../ledger/errors.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Migration } from './migration.ts'

/** The ledger if there is one; makes none. For commands that only look. */
export async function existingLedger(migration: Migration): Promise<Ledger | undefined> {
  try {
    return await migration.ledger('read')
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'ledger_missing') return undefined
    throw error
  }
}
