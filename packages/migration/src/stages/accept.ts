import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import type { AcceptReport } from './survey-report.ts'

export interface AcceptRequest {
  readonly domain: string
  readonly code: string
  /** Absent: all red findings of the domain with this code. */
  readonly item?: string
  /** Mandatory; kept with the acceptance. */
  readonly reason: string
  /** Who decided; default: the user that the process runs as. */
  readonly who?: string
}

/** Lets a red finding pass, on the record. Rejects with `UsageError` when there is no such finding or no reason. */
export async function accept(
  _migration: Migration,
  _request: AcceptRequest,
  _options: StageOptions = {},
): Promise<AcceptReport> {
  throw new Error('being written')
}
