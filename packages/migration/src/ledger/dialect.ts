import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
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
import { translate } from './sqlite-errors.ts'

/** Statements that are kept prepared; the repositories have fewer. */
const MAX_STATEMENTS = 256

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
}

class NodeSqliteDriver extends SqliteDriver {
  readonly #begin: string

  constructor(database: DatabaseSync, options: NodeSqliteOptions) {
    super({ database: statements(database, options.file) })
    // A deferred transaction that turns into a writing one fails at once when another process wrote meanwhile
    // (SQLITE_BUSY_SNAPSHOT, no busy timeout): writers take their turn at the start.
    this.#begin = options.mode === 'write' ? 'begin immediate' : 'begin'
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(this.#begin))
  }
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
        all: (parameters: readonly unknown[]) => translated(() => statement.all(...bindable(parameters))),
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
