import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { SqliteDialect } from 'kysely'
import type { Dialect, SqliteDatabase } from 'kysely'

/** Opens a SQLite file for reading; nothing of it is ever changed. Throws what node:sqlite throws. */
export function sqliteDialect(file: string): Dialect {
  if (!existsSync(file)) throw new Error('no such file')
  return new SqliteDialect({ database: statements(openReadOnly(file)) })
}

/**
 * A file in WAL mode needs a second file beside it even for reading. Where that cannot be made (a copy on a read-only
 * disk) and there is no log with changes in it, the file is all there is.
 */
function openReadOnly(file: string): DatabaseSync {
  const plain = new DatabaseSync(file, { readOnly: true })
  try {
    plain.exec('pragma busy_timeout = 5000')
    plain.prepare('select count(*) from sqlite_master').get()
    return plain
  } catch (error) {
    plain.close()
    if (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0) throw error
    const url = pathToFileURL(file)
    url.search = '?mode=ro&immutable=1'
    const still = new DatabaseSync(url, { readOnly: true })
    try {
      still.prepare('select count(*) from sqlite_master').get()
    } catch (unreadable) {
      still.close()
      throw unreadable
    }
    return still
  }
}

/** The part of better-sqlite3's interface that Kysely calls. */
function statements(database: DatabaseSync): SqliteDatabase {
  return {
    close: () => database.close(),
    prepare: (text) => {
      const statement = database.prepare(text)
      return {
        reader: true,
        all: (parameters) => statement.all(...values(parameters)),
        run: () => {
          throw new Error('this connection only reads')
        },
        iterate: (parameters) => statement.iterate(...values(parameters)),
      }
    },
  }
}

function values(parameters: readonly unknown[]): (string | number | null)[] {
  return parameters.map((value) => {
    if (typeof value === 'string' || typeof value === 'number' || value === null) return value
    throw new TypeError(`a ${typeof value} is no value here`)
  })
}
