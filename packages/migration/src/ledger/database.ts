import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { NodeSqliteDialect } from './dialect.ts'
import { LedgerError } from './errors.ts'
import { migrate } from './migrate.ts'
import type { LedgerDatabase, LedgerTransaction, Schema } from './schema.ts'
import { translate } from './sqlite-errors.ts'
import { fileExists, ledgerPath, prepareFile, prepareWorkDir } from './work-dir.ts'

/** What every repository stands on. */
export interface LedgerContext {
  readonly db: LedgerDatabase
  readonly workDir: string
  /** Now, as the ledger writes it. */
  timestamp(): string
  /**
   * One transaction that writes; durable when it resolves. `work` must wait for nothing but the database: while it runs,
   * the ledger is closed to every other writer, of this process and of others.
   */
  write<T>(work: (trx: LedgerTransaction) => Promise<T>): Promise<T>
  /** Moves everything into the database file and empties the write-ahead log, so that what was overwritten is gone there too. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

export interface OpenDatabaseOptions {
  readonly mode: 'read' | 'write'
  readonly now: () => Date
  readonly busyTimeoutMs: number
}

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
  const db = new Kysely<Schema>({ dialect: new NodeSqliteDialect(database, { file, mode: options.mode }) })
  let isClosed = false
  return {
    db,
    workDir,
    timestamp: () => options.now().toISOString(),
    write: (work) => db.transaction().execute(work),
    // Through the driver's only connection, after whatever transaction runs there.
    checkpoint: () =>
      db.connection().execute(async () => {
        database.exec('pragma wal_checkpoint(truncate)')
      }),
    close: async () => {
      if (isClosed) return
      isClosed = true
      await db.destroy()
      // Kysely closes what it has used; a ledger that was opened and not used is still open.
      if (database.isOpen) database.close()
    },
  }
}

function openFile(file: string, options: OpenDatabaseOptions): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    // Never read-only for SQLite: after a crash the first to open, even `status`, has to recover the write-ahead log.
    database = new DatabaseSync(file)
    // FULL: in WAL mode every commit reaches the disk before it counts. An intent that a power cut could undo is none.
    database.exec(`
      pragma busy_timeout = ${Math.trunc(options.busyTimeoutMs)};
      pragma journal_mode = wal;
      pragma synchronous = full;
      pragma foreign_keys = on;
      pragma secure_delete = on;
      pragma trusted_schema = off;
    `)
    migrate(database, file)
    if (options.mode === 'read') database.exec('pragma query_only = on')
    return database
  } catch (error) {
    if (database?.isOpen === true) database.close()
    throw translate(error, file)
  }
}
