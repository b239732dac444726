import type { CopyReport } from './copy-report.ts'
import type { Finding } from './finding.ts'
import type { ProvisionReport } from './plan-report.ts'

/**
 * - `usage`: the request names something that does not exist (CLI: exit 2)
 * - `gate`: a red finding or a missing earlier stage stopped it (exit 3)
 * - `server`: a server or the network failed, and with it the whole stage (exit 4)
 */
export type MigrationErrorCode = 'usage' | 'gate' | 'server'

export interface MigrationErrorOptions {
  readonly hint?: string
  readonly cause?: unknown
  readonly report?: ProvisionReport | CopyReport
}

/** Base of everything that a stage throws. What failed for a single item is data in the report instead. */
export class MigrationError extends Error {
  override readonly name: string = 'MigrationError'
  readonly code: MigrationErrorCode
  /** What to do about it, as one sentence or command line. */
  readonly hint: string | undefined
  /** What was done all the same (other domains of the call, single items), as the stage's ordinary report. */
  readonly report: ProvisionReport | CopyReport | undefined

  constructor(code: MigrationErrorCode, message: string, options: MigrationErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.report = options.report
  }
}

/** The request names something that does not exist or does not fit: a domain, a mailbox, a finding, an empty reason. */
export class UsageError extends MigrationError {
  override readonly name = 'UsageError'

  constructor(message: string, options: MigrationErrorOptions = {}) {
    super('usage', message, options)
  }
}

export interface GateErrorOptions extends MigrationErrorOptions {
  readonly domains: readonly string[]
  readonly hint: string
  readonly findings?: readonly Finding[]
}

/** Something must be decided or done first; nothing was changed for the domains it names. */
export class GateError extends MigrationError {
  override readonly name = 'GateError'
  readonly domains: readonly string[]
  /** The red findings that stopped it; empty when an earlier stage is missing. */
  readonly findings: readonly Finding[]

  constructor(message: string, options: GateErrorOptions) {
    super('gate', message, options)
    this.domains = options.domains
    this.findings = options.findings ?? []
  }
}

/** Which of the servers in the configuration is meant. */
export type ServerName =
  | 'old.imap'
  | 'old.sieve'
  | 'old.smtp'
  | 'old.relay'
  | 'old.inventory'
  | 'new.imap'
  | 'new.smtp'
  | 'new.mailcow'
  | 'notify.smtp'
  | 'dns'

/** A server or the network failed so that the stage could not go on. Repeating it later is safe. */
export class ServerError extends MigrationError {
  override readonly name = 'ServerError'
  readonly server: ServerName

  constructor(server: ServerName, message: string, options: MigrationErrorOptions = {}) {
    super('server', message, options)
    this.server = server
  }
}
