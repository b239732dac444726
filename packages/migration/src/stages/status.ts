import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import type { StatusReport } from './status-report.ts'

/** Where every domain and mailbox stands, from the ledger alone: asks no server. Without domains: all that are known. */
export async function status(
  _migration: Migration,
  _domains: readonly string[],
  _options: StageOptions = {},
): Promise<StatusReport> {
  throw new Error('being written')
}
