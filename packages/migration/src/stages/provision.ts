import type { Migration } from './migration.ts'
import type { WriteStageOptions } from './options.ts'
import type { ProvisionReport } from './plan-report.ts'

/**
 * Stages the domains on mailcow and reads every object back; running it again changes nothing and says so.
 * Rejects with `GateError` (its `report` says what became of the others) when red findings or a missing survey stop a domain.
 */
export async function provision(
  _migration: Migration,
  _domains: readonly string[],
  _options: WriteStageOptions = {},
): Promise<ProvisionReport> {
  throw new Error('being written')
}
