import type { Endpoint } from '@iteg/imap-sync'
import type { Ledger } from '../ledger/ledger.ts'
import { acquireAppPassword, whileLent } from './app-passwords.ts'
import { newMasterEndpoint } from './endpoints.ts'
import { UsageError } from './errors.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'

/**
 * Lets `work` into a mailbox on mailcow, as the configuration says: through the master user, or by an app password that
 * exists only meanwhile. `onLeftBehind` is told when it could not be removed; the record of it stays for the next run.
 */
export async function withTarget<Value>(
  migration: Migration,
  ledger: Ledger,
  target: { readonly domain: string; readonly mailbox: string },
  options: StageOptions & { readonly onLeftBehind: (message: string) => void },
  work: (endpoint: Endpoint) => Promise<Value>,
): Promise<Value> {
  const { mailbox } = target
  if (migration.config.new.access === 'master') {
    const endpoint = newMasterEndpoint(migration.config, mailbox)
    if (endpoint === undefined) throw new UsageError('new.master is missing in the configuration.')
    return work(endpoint)
  }
  const endpoint = await acquireAppPassword(migration, ledger, target, options)
  return whileLent(migration, ledger, mailbox, 'copy or verify', options, () => work(endpoint))
}
