import type { CheckReport } from './check-report.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'

/** Tries every server and credential of the configuration, one result each. Writes nothing anywhere. */
export async function check(_migration: Migration, _options: StageOptions = {}): Promise<CheckReport> {
  throw new Error('being written')
}
