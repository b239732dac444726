import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { LedgerError } from './errors.ts'
import { translate } from './sqlite-errors.ts'

/** Statements that are kept prepared; the repositories have fewer. */
const MAX_STATEMENTS = 256
/** Between two tries to become the writer; others are done in a millisecond or two. */
const MAX_PAUSE_MS = 10

/** Kysely over node:sqlite. The file is the caller's to open and prepare (pragmas); closing is Kysely's. */
export class NodeSqliteDialect implements Dialect {
  readonly #database: DatabaseSync
  readonly #options: NodeSqliteOptions

  constructor(database: DatabaseSync, options: NodeSqliteOptions) {
    this.#database = database
    this.#options = options
  }

  createDriver(): Driver {
    return new NodeSqliteDriver(this.#database, this.#options)
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new SqliteAdapter()
  }

  createIntrospector(kysely: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(kysely)
  }
}

export interface NodeSqliteOptions {
  /** For error messages. */
  readonly file: string
  readonly mode: 'read' | 'write'
  /** How long a writer waits for his turn. */
  readonly busyTimeoutMs: number
}

class NodeSqliteDriver extends SqliteDriver {
  readonly #database: DatabaseSync
  readonly #options: NodeSqliteOptions

  constructor(database: DatabaseSync, options: NodeSqliteOptions) {
    super({ database: statements(database, options.file) })
    this.#database = database
    this.#options = options
  }

  /**
   * A deferred transaction that turns into a writing one fails at once when another process wrote meanwhile
   * (SQLITE_BUSY_SNAPSHOT, no busy timeout): writers take their turn at the start. They wait for it here and not in
   * SQLite, which would stop this whole process, and with it whoever in this process they are waiting for.
   */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#options.mode === 'read') return execute(connection, 'begin')
    const deadline = performance.now() + this.#options.busyTimeoutMs
    for (;;) {
      try {
        setBusyTimeout(this.#database, 0)
        return await execute(connection, 'begin immediate')
      } catch (error) {
        const isBusy = error instanceof LedgerError && error.code === 'ledger_busy'
        if (!isBusy || performance.now() >= deadline) throw error
      } finally {
        setBusyTimeout(this.#database, this.#options.busyTimeoutMs)
      }
      await pause(1 + Math.random() * MAX_PAUSE_MS)
    }
  }

  /** SQLite has rolled back by itself when the disk is full or failed; a second time would hide that reason. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await execute(connection, 'rollback')
  }
}

async function execute(connection: DatabaseConnection, sql: string): Promise<void> {
  await connection.executeQuery(CompiledQuery.raw(sql))
}

/** How long SQLite itself waits (all of this process with it) for a lock of another connection. */
export function setBusyTimeout(database: DatabaseSync, milliseconds: number): void {
  database.exec(`pragma busy_timeout = ${Math.trunc(milliseconds)}`)
}

/** The part of better-sqlite3's interface that Kysely calls. */
function statements(database: DatabaseSync, file: string): SqliteDatabase {
  const prepared = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    let statement = prepared.get(sql)
    if (statement === undefined) {
      if (prepared.size >= MAX_STATEMENTS) prepared.clear()
      statement = database.prepare(sql)
      prepared.set(sql, statement)
    }
    return statement
  }
  const translated = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw translate(error, file)
    }
  }
  return {
    close: () => database.close(),
    prepare: (sql: string) => {
      const statement = translated(() => prepare(sql))
      return {
        reader: /^\s*(select|with|pragma)\b|\breturning\b/i.test(sql),
        // node:sqlite's rows have no prototype, which strict comparisons take for a difference.
        all: (parameters: readonly unknown[]) =>
          translated(() => statement.all(...bindable(parameters)).map((row) => ({ ...row }))),
        run: (parameters: readonly unknown[]) => translated(() => statement.run(...bindable(parameters))),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...bindable(parameters)),
      }
    },
  }
}

function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters.map((value) => {
    if (value === undefined) return null
    if (typeof value === 'boolean') return value ? 1 : 0
    if (value === null || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string')
      return value
    if (value instanceof Uint8Array) return value
    throw new TypeError(`a ${typeof value} can't be stored`)
  })
}
