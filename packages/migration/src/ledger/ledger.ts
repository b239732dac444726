import { resolve } from 'node:path'
import type { SyncState } from '@iteg/imap-sync'
import { type AppPasswords, appPasswords } from './app-passwords.ts'
import { type CopyTimes, copyTimes } from './copy-times.ts'
import { type CutoverSteps, cutoverSteps } from './cutover-steps.ts'
import { openDatabase } from './database.ts'
import { type Domains, domains } from './domains.ts'
import { type Findings, findings } from './findings.ts'
import { type FolderMaps, folderMaps } from './folder-maps.ts'
import { type ImportedCards, importedCards } from './imported-cards.ts'
import { type DomainLock, domainLocks, type LockHolder } from './lock.ts'
import { type InitialPasswords, initialPasswords } from './initial-passwords.ts'
import { type LastDeltas, lastDeltas } from './last-deltas.ts'
import { type Mailboxes, mailboxes } from './mailboxes.ts'
import { type Notices, notices } from './notices.ts'
import { ledgerObjects, type LedgerObjects } from './objects.ts'
import { processUser } from './operator.ts'
import { type PasswordResets, passwordResets } from './password-resets.ts'
import { sealedSecrets, type SealedSecrets } from './sealed-secrets.ts'
import { type StageStates, stageStates } from './stages.ts'
import { syncState } from './sync-state.ts'
import { type VerifyReports, verifyReports } from './verify-reports.ts'
import { type OutsideWrites, outsideWrites } from './writes.ts'

export interface LedgerOptions {
  /** The clock; for tests. */
  readonly now?: () => Date
  /** Who runs this, for the log of writes; default: the user that the process runs as. */
  readonly operator?: string
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
  readonly importedCards: ImportedCards
  readonly notices: Notices
  readonly lastDeltas: LastDeltas
  readonly cutoverSteps: CutoverSteps
  readonly passwordResets: PasswordResets
  readonly initialPasswords: InitialPasswords
  readonly copyTimes: CopyTimes
  /** imap-sync's memory of one mailbox. */
  syncState(mailbox: string): SyncState
  /** One run per domain: throws `DomainLockedError` (who holds it) at once if another process or another part of this one has it. */
  lockDomain(domain: string, options: { readonly command: string }): Promise<DomainLock>
  /** Who works on the domain now; never takes the lock. */
  lockHolder(domain: string): Promise<LockHolder | undefined>
  /** Idempotent. */
  close(): Promise<void>
}

const DEFAULT_BUSY_TIMEOUT_MS = 10_000

/**
 * Opens the ledger of a working folder, and brings it up to this version's layout.
 * Throws `LedgerError`: `ledger_missing`, `ledger_newer`, `ledger_damaged`, `ledger_busy`, `ledger_inaccessible`.
 */
export async function openLedger(workDir: string, options: LedgerOptions = {}): Promise<Ledger> {
  const context = openDatabase(resolve(workDir), {
    mode: options.mode ?? 'write',
    now: options.now ?? (() => new Date()),
    operator: options.operator ?? processUser(),
    busyTimeoutMs: options.busyTimeoutMs ?? DEFAULT_BUSY_TIMEOUT_MS,
  })
  const locks = domainLocks(context)
  const close = async (): Promise<void> => {
    await context.close()
    // Last: nobody else may start on a domain while we could still write.
    await locks.releaseAll()
  }
  return {
    workDir: context.workDir,
    domains: domains(context),
    stages: stageStates(context),
    mailboxes: mailboxes(context),
    objects: ledgerObjects(context),
    writes: outsideWrites(context),
    findings: findings(context),
    folderMaps: folderMaps(context),
    verifyReports: verifyReports(context),
    secrets: sealedSecrets(context),
    appPasswords: appPasswords(context),
    importedCards: importedCards(context),
    notices: notices(context),
    lastDeltas: lastDeltas(context),
    cutoverSteps: cutoverSteps(context),
    passwordResets: passwordResets(context),
    initialPasswords: initialPasswords(context),
    copyTimes: copyTimes(context),
    syncState: (mailbox) => syncState(context, mailbox),
    lockDomain: (domain, lockOptions) => locks.lock(domain, lockOptions),
    lockHolder: (domain) => locks.holder(domain),
    close,
    [Symbol.asyncDispose]: close,
  }
}
