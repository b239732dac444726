import { DatabaseSync } from 'node:sqlite'
import {
  connectLimitMs,
  doubleQuoted,
  mysqlConnection,
  mysqlName,
  postgresClient,
  type ServerLocation,
} from './connections.ts'
import type { DatabaseLocation } from './location.ts'

export type Row = Readonly<Record<string, unknown>>

/** One connection that only reads, and sees the state of one instant. */
export interface Database extends AsyncDisposable {
  /** A name of a table or column, quoted. */
  name(text: string): string
  /** All rows of a statement. */
  rows(statement: string): Promise<readonly Row[]>
  /** Which columns which tables of this database have. */
  columns(): Promise<readonly { readonly table: string; readonly column: string }[]>
}

const queryLimitMs = 120_000

/** Rejects with the driver's own error. An aborted `signal` cuts the connection; what waits for it may then never settle. */
export async function openDatabase(
  location: DatabaseLocation,
  signal: AbortSignal | undefined,
): Promise<Database> {
  if (location.kind === 'sqlite') return openSqlite(location.file)
  return location.kind === 'mysql' ? openMysql(location, signal) : openPostgres(location, signal)
}

function openSqlite(file: string): Database {
  const database = new DatabaseSync(file, { readOnly: true, timeout: connectLimitMs })
  const rows = (statement: string): readonly Row[] => {
    const prepared = database.prepare(statement)
    prepared.setReadBigInts(true)
    return prepared.all()
  }
  return {
    name: doubleQuoted,
    rows: async (statement) => Promise.resolve(rows(statement)),
    columns: async () =>
      Promise.resolve(
        columnsOf(
          rows(
            `select t.name as t, c.name as c from sqlite_master t join pragma_table_info(t.name) c where t.type in ('table', 'view')`,
          ),
        ),
      ),
    [Symbol.asyncDispose]: async () => Promise.resolve(database.close()),
  }
}

async function openMysql(location: ServerLocation, signal: AbortSignal | undefined): Promise<Database> {
  const raw = await mysqlConnection(location, { supportBigNumbers: true, bigNumberStrings: true })
  const connection = raw.promise()
  // Not end(): nobody waits for a server's good-bye.
  const close = (): void => raw.destroy()
  signal?.addEventListener('abort', close, { once: true })
  const rows = async (sql: string): Promise<readonly Row[]> => {
    const [found] = await connection.query({ sql, timeout: queryLimitMs })
    const list: readonly unknown[] = Array.isArray(found) ? found : []
    return list.filter(isRow)
  }
  try {
    await connection.query('set session transaction isolation level repeatable read')
    await connection.query('start transaction with consistent snapshot, read only')
  } catch (error) {
    close()
    throw error
  }
  return {
    name: mysqlName,
    rows,
    columns: async () =>
      columnsOf(
        await rows(
          'select table_name as t, column_name as c from information_schema.columns where table_schema = database()',
        ),
      ),
    [Symbol.asyncDispose]: async () => {
      signal?.removeEventListener('abort', close)
      close()
      return Promise.resolve()
    },
  }
}

async function openPostgres(location: ServerLocation, signal: AbortSignal | undefined): Promise<Database> {
  const { client, stream } = await postgresClient(location, queryLimitMs)
  const close = (): void => {
    stream.destroy()
  }
  signal?.addEventListener('abort', close, { once: true })
  try {
    await client.connect()
    await client.query('begin isolation level repeatable read read only')
  } catch (error) {
    close()
    throw error
  }
  const rows = async (statement: string): Promise<readonly Row[]> => (await client.query<Row>(statement)).rows
  return {
    name: doubleQuoted,
    rows,
    columns: async () =>
      columnsOf(
        await rows(
          'select table_name as t, column_name as c from information_schema.columns where table_schema = any (current_schemas(false))',
        ),
      ),
    [Symbol.asyncDispose]: async () => {
      signal?.removeEventListener('abort', close)
      // It takes its leave, but nobody waits for what the server says to that.
      client.end().catch(() => {})
      stream.unref()
      return Promise.resolve()
    },
  }
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function columnsOf(rows: readonly Row[]): readonly { readonly table: string; readonly column: string }[] {
  return rows.map((row) => ({ table: String(row['t']), column: String(row['c']) }))
}
