import type { AppPasswords } from './app-passwords.ts'
import type { Domains } from './domains.ts'
import type { Findings } from './findings.ts'
import type { FolderMaps } from './folder-maps.ts'
import type { DomainLock, LockHolder } from './lock.ts'
import type { Mailboxes } from './mailboxes.ts'
import type { LedgerObjects } from './objects.ts'
import type { SealedSecrets } from './sealed-secrets.ts'
import type { StageStates } from './stages.ts'
import type { VerifyReports } from './verify-reports.ts'
import type { OutsideWrites } from './writes.ts'

export interface LedgerOptions {
  /** The clock; for tests. */
  readonly now?: () => Date
  /**
   * `write` (default) makes folder and ledger when they are missing; `read` is for commands that only look:
   * it makes nothing (`ledger_missing`) and can't write.
   */
  readonly mode?: 'read' | 'write'
  /** How long to wait for another process's write, default 10,000 ms. */
  readonly busyTimeoutMs?: number
}

/** The migration's memory: one SQLite database in the working folder, safe at any crash. */
export interface Ledger extends AsyncDisposable {
  readonly workDir: string
  readonly domains: Domains
  readonly stages: StageStates
  readonly mailboxes: Mailboxes
  readonly objects: LedgerObjects
  readonly writes: OutsideWrites
  readonly findings: Findings
  readonly folderMaps: FolderMaps
  readonly verifyReports: VerifyReports
  readonly secrets: SealedSecrets
  readonly appPasswords: AppPasswords
  /** One run per domain: throws `DomainLockedError` (who holds it) at once if another process or another part of this one has it. */
  lockDomain(domain: string, options: { readonly command: string }): Promise<DomainLock>
  /** Who works on the domain now; never takes the lock. */
  lockHolder(domain: string): Promise<LockHolder | undefined>
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * Opens the ledger of a working folder, and brings it up to this version's layout.
 * Throws `LedgerError`: `ledger_missing`, `ledger_newer`, `ledger_damaged`, `ledger_busy`, `ledger_inaccessible`.
 */
export function openLedger(workDir: string, options: LedgerOptions = {}): Promise<Ledger> {
  return Promise.reject(
    new Error(`the ledger in ${workDir} can't be opened yet (${options.mode ?? 'write'})`),
  )
}
