import type { Migration } from './migration.ts'
import type { MailboxStageOptions } from './options.ts'
import type { VerifyReport } from './verify-report.ts'

/** Compares both servers by content, independent of what copy remembers, and freezes the report as evidence. */
export async function verify(
  _migration: Migration,
  _domains: readonly string[],
  _options: MailboxStageOptions = {},
): Promise<VerifyReport> {
  throw new Error('being written')
}
