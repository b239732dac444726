import type { Migration } from './migration.ts'
import type { MailboxStageOptions } from './options.ts'
import type { SurveyReport } from './survey-report.ts'

/** Reads the old server and mailcow and names every problem beforehand. Without domains: all of the inventory. Re-runnable. */
export async function survey(
  _migration: Migration,
  _domains: readonly string[],
  _options: MailboxStageOptions = {},
): Promise<SurveyReport> {
  throw new Error('being written')
}
