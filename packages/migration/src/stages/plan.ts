import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import type { PlanReport } from './plan-report.ts'

/** Everything that provision and copy would do to one domain, as data. Writes nothing anywhere. */
export async function plan(
  _migration: Migration,
  _domain: string,
  _options: StageOptions = {},
): Promise<PlanReport> {
  throw new Error('being written')
}
