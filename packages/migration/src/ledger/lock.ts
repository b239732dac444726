import { hostname } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { Selectable } from 'kysely'
import type { LedgerContext } from './database.ts'
import { LedgerError } from './errors.ts'
import { clip } from './json.ts'
import { isSeized, lockFileName, seize } from './lock-file.ts'
import type { LedgerDatabase, LedgerTransaction, Schema } from './schema.ts'
import { fileExists, prepareFile, prepareFolder } from './work-dir.ts'

/** Who works on a domain. */
export interface LockHolder {
  readonly domain: string
  readonly pid: number
  readonly host: string
  readonly since: Date
  readonly command: string
}

/** The domain is ours until released; the operating system releases it when the process dies. */
export interface DomainLock extends AsyncDisposable {
  readonly holder: LockHolder
  /** Idempotent. */
  release(): Promise<void>
}

/** Another run works on the domain. */
export class DomainLockedError extends LedgerError {
  override readonly name = 'DomainLockedError'
  readonly holder: LockHolder

  constructor(holder: LockHolder) {
    super(
      'domain_locked',
      `${holder.domain} is being worked on by process ${holder.pid} on ${holder.host} since ${holder.since.toISOString()} (${holder.command})`,
      { hint: `wait until it has finished; mailmove status ${holder.domain} shows how far it is` },
    )
    this.holder = holder
  }
}

export interface DomainLocks {
  lock(domain: string, options: { readonly command: string }): Promise<DomainLock>
  holder(domain: string): Promise<LockHolder | undefined>
  releaseAll(): Promise<void>
}

/** A command that just looks whether a lock is held has the file for an instant: no reason to refuse a run. */
const TRIES = 5
const PAUSE_MS = 25
const MAX_COMMAND_LENGTH = 200

/**
 * Locks are exclusive SQLite transactions on a file per domain, so POSIX locks of this process: they go with it, however
 * it ends, and children do not inherit them. Who holds one is a row in the ledger. Lock and row change within one
 * transaction of the ledger: whoever is refused reads there, in his own, the row of the one who refused him.
 */
export function domainLocks(context: LedgerContext): DomainLocks {
  const folder = join(context.workDir, 'locks')
  // Holds on to the databases too: one that is garbage collected would close, and free the lock.
  const held = new Set<DomainLock>()
  return {
    lock: async (domain, options) => {
      const path = join(folder, lockFileName(domain))
      prepareFolder(folder)
      prepareFile(path)
      for (let tries = 1; ; tries += 1) {
        const result = await attempt(context, path, domain, clip(options.command, MAX_COMMAND_LENGTH))
        if (result.file !== undefined) return domainLock(held, result.file, result.holder)
        if (tries === TRIES) throw new DomainLockedError(result.holder)
        await pause(PAUSE_MS)
      }
    },

    holder: async (domain) => {
      const path = join(folder, lockFileName(domain))
      return fileExists(path) && isSeized(path) ? readHolder(context.db, domain) : undefined
    },

    releaseAll: async () => {
      for (const lock of held) await lock.release()
    },
  }
}

interface Attempt {
  /** Present: the lock is ours. */
  readonly file?: DatabaseSync
  readonly holder: LockHolder
}

async function attempt(
  context: LedgerContext,
  path: string,
  domain: string,
  command: string,
): Promise<Attempt> {
  let file: DatabaseSync | undefined
  try {
    return await context.write(async (trx) => {
      file = seize(path)
      if (file === undefined) return { holder: await readHolder(trx, domain) }
      const row = { pid: process.pid, host: hostname(), since: context.timestamp(), command }
      await trx
        .insertInto('domain_locks')
        .values({ domain, ...row })
        .onConflict((conflict) => conflict.column('domain').doUpdateSet(row))
        .execute()
      return { file, holder: lockHolder({ domain, ...row }) }
    })
  } catch (error) {
    file?.close()
    throw error
  }
}

function domainLock(held: Set<DomainLock>, file: DatabaseSync, holder: LockHolder): DomainLock {
  const release = async (): Promise<void> => {
    if (held.delete(lock)) file.close()
  }
  const lock: DomainLock = { holder, release, [Symbol.asyncDispose]: release }
  held.add(lock)
  return lock
}

async function readHolder(db: LedgerDatabase | LedgerTransaction, domain: string): Promise<LockHolder> {
  const row = await db.selectFrom('domain_locks').selectAll().where('domain', '=', domain).executeTakeFirst()
  if (row === undefined)
    throw new LedgerError('ledger_damaged', `${domain} is locked, but the ledger does not say by whom`)
  return lockHolder(row)
}

function lockHolder(row: Selectable<Schema['domain_locks']>): LockHolder {
  return {
    domain: row.domain,
    pid: row.pid,
    host: row.host,
    since: new Date(row.since),
    command: row.command,
  }
}
