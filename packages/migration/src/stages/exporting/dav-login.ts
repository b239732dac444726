import type { Ledger } from '../../ledger/ledger.ts'
import { acquirePassword, type AppPasswordUse, whileLent } from '../app-passwords.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'

const USE: AppPasswordUse = {
  name: 'mailmove: brings your contacts along (removed afterwards)',
  protocols: ['dav'],
}

/** Lets `work` into a user's address books by an app password that exists only meanwhile: SOGo knows no master user. */
export async function withDavPassword<Value>(
  migration: Migration,
  ledger: Ledger,
  target: { readonly domain: string; readonly mailbox: string },
  options: StageOptions & { readonly onLeftBehind: (message: string) => void },
  work: (password: string) => Promise<Value>,
): Promise<Value> {
  const { mailbox } = target
  const password = await acquirePassword(migration, ledger, target, USE, options)
  return whileLent(migration, ledger, mailbox, 'export', options, () => work(password))
}
