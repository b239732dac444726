import type { CopyReport } from './copy-report.ts'
import type { Finding } from './finding.ts'
import type { ProvisionReport } from './plan-report.ts'

/**
 * - `usage`: the request names something that does not exist (CLI: exit 2)
 * - `gate`: a red finding or a missing earlier stage stopped it (exit 3)
 * - `server`: a server or the network failed, and with it the whole stage (exit 4)
 * - `not-done`: what was read back does not equal the plan (exit 4)
 */
export type MigrationErrorCode = 'usage' | 'gate' | 'server' | 'not-done'

/** Base of everything that a stage throws. What failed for a single item is data in the report instead. */
export class MigrationError extends Error {
  override readonly name: string = 'MigrationError'
  readonly code: MigrationErrorCode
  /** What to do about it, as one sentence or command line. */
  readonly hint: string | undefined

  constructor(code: MigrationErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}

/** The request names something that does not exist or does not fit: a domain, a mailbox, a finding, an empty reason. */
export class UsageError extends MigrationError {
  override readonly name = 'UsageError'

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('usage', message, options)
  }
}

export interface GateErrorOptions {
  readonly domains: readonly string[]
  readonly hint: string
  readonly findings?: readonly Finding[]
  readonly report?: ProvisionReport | CopyReport
  readonly cause?: unknown
}

/** Something must be decided or done first; nothing was changed for the domains it names. */
export class GateError extends MigrationError {
  override readonly name = 'GateError'
  readonly domains: readonly string[]
  /** The red findings that stopped it; empty when an earlier stage is missing. */
  readonly findings: readonly Finding[]
  /** What became of the other domains of the same call, as the stage's ordinary report. */
  readonly report: ProvisionReport | CopyReport | undefined

  constructor(message: string, options: GateErrorOptions) {
    super('gate', message, options)
    this.domains = options.domains
    this.findings = options.findings ?? []
    this.report = options.report
  }
}

/** Which of the servers in the configuration is meant. */
export type ServerName = 'old.imap' | 'old.smtp' | 'old.inventory' | 'new.imap' | 'new.mailcow'

/** A server or the network failed so that the stage could not go on. Repeating it later is safe. */
export class ServerError extends MigrationError {
  override readonly name = 'ServerError'
  readonly server: ServerName

  constructor(server: ServerName, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super('server', message, options)
    this.server = server
  }
}
