import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { Kysely } from 'kysely'
import { NodeSqliteDialect, setBusyTimeout } from './dialect.ts'
import { LedgerError } from './errors.ts'
import { clip } from './json.ts'
import { LogSync } from './log-sync.ts'
import { migrate, rollBack } from './migrate.ts'
import type { LedgerDatabase, LedgerTransaction, Schema } from './schema.ts'
import { translate } from './sqlite-errors.ts'
import { fileExists, ledgerPath, prepareFile, prepareWorkDir } from './work-dir.ts'

/** What every repository stands on. */
export interface LedgerContext {
  readonly db: LedgerDatabase
  readonly workDir: string
  /** Who runs this process, for the log of writes. */
  readonly operator: string
  /** Now, as the ledger writes it. */
  timestamp(): string
  /**
   * One transaction that writes; durable when it resolves. `work` must wait for nothing but the database: while it runs,
   * the ledger is closed to every other writer, of this process and of others.
   */
  write<T>(work: (trx: LedgerTransaction) => Promise<T>): Promise<T>
  /** Several reads of one moment, whatever other processes commit meanwhile. Waits for nobody. */
  snapshot<T>(work: (db: LedgerDatabase) => Promise<T>): Promise<T>
  /**
   * Moves everything into the database file and empties the write-ahead log, so that what was overwritten is gone there too.
   * Somebody who reads right now can hold it up: then it is made up for by the next one, at the latest when the ledger is closed.
   */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

export interface OpenDatabaseOptions {
  readonly mode: 'read' | 'write'
  readonly now: () => Date
  readonly operator: string
  readonly busyTimeoutMs: number
}

const CHECKPOINT_TRIES = 40
const CHECKPOINT_PAUSE_MS = 25

/** Opens (in `write` mode: makes) the database of a working folder and brings it to this version's layout. */
export function openDatabase(workDir: string, options: OpenDatabaseOptions): LedgerContext {
  const file = ledgerPath(workDir)
  if (options.mode === 'write') {
    prepareWorkDir(workDir)
    prepareFile(file)
  } else if (!fileExists(file)) {
    throw new LedgerError('ledger_missing', `there is no ledger in ${workDir} yet`, {
      hint: 'run survey first, or check workDir in the configuration',
    })
  }
  const database = openFile(file, options)
  const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(database, { file, ...options }) })
  const log = new LogSync(file)
  let isClosed = false
  // Through the driver's only connection: after whatever transaction runs there.
  const tryCheckpoint = () => db.connection().execute(async () => emptyLog(database, options.busyTimeoutMs))
  return {
    db,
    workDir,
    operator: clip(options.operator, 200),
    timestamp: () => options.now().toISOString(),
    write: async (work) => {
      const result = await db.transaction().execute(work)
      await log.sync()
      return result
    },
    // Not a transaction of Kysely's: in `write` mode those take the writer's turn at once.
    snapshot: (work) =>
      db.connection().execute(async (connection) => {
        database.exec('begin')
        try {
          const result = await work(connection)
          database.exec('commit')
          return result
        } catch (error) {
          rollBack(database)
          throw error
        }
      }),
    checkpoint: async () => {
      for (let tries = 1; ; tries += 1) {
        if ((await tryCheckpoint()) || tries === CHECKPOINT_TRIES) return
        await pause(CHECKPOINT_PAUSE_MS)
      }
    },
    close: async () => {
      if (isClosed) return
      isClosed = true
      // The last to close empties the log; the others may have to make up for what they could not. Nothing is lost without.
      if (options.mode === 'write') await tryCheckpoint().catch(() => false)
      await log.close()
      await db.destroy()
      // Kysely closes what it has used; a ledger that was opened and not used is still open.
      closeIfOpen(database)
    },
  }
}

/** Without waiting for others, which would stop this whole process. False: somebody reads from the log. */
function emptyLog(database: DatabaseSync, busyTimeoutMs: number): boolean {
  database.exec('pragma busy_timeout = 0')
  try {
    return database.prepare('pragma wal_checkpoint(truncate)').get()?.['busy'] === 0
  } finally {
    setBusyTimeout(database, busyTimeoutMs)
  }
}

function openFile(file: string, options: OpenDatabaseOptions): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    // Never read-only for SQLite: after a crash the first to open, even `status`, has to recover the write-ahead log.
    database = new DatabaseSync(file)
    // FULL for the layout. After that NORMAL, and each write waits until `LogSync` has brought it to the disk: an intent
    // that a power cut could undo is none.
    setBusyTimeout(database, options.busyTimeoutMs)
    database.exec(`
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma foreign_keys = on;
      pragma secure_delete = on;
      pragma trusted_schema = off;
    `)
    migrate(database, file)
    database.exec('pragma synchronous = normal')
    if (options.mode === 'read') database.exec('pragma query_only = on')
    return database
  } catch (error) {
    if (database !== undefined) closeIfOpen(database)
    throw translate(error, file)
  }
}

function closeIfOpen(database: DatabaseSync): void {
  try {
    database.close()
  } catch {
    // It is closed.
  }
}
