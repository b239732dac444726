import { DatabaseSync } from 'node:sqlite'
import {
  connectLimitMs,
  doubleQuoted,
  mysqlConnection,
  mysqlName,
  postgresClient,
  type ServerLocation,
} from './connections.ts'
import { isRow, type Row } from './database.ts'
import type { DatabaseLocation } from './location.ts'

/** One connection that may write, in one transaction after the other. */
export interface WritableDatabase extends AsyncDisposable {
  readonly kind: DatabaseLocation['kind']
  /** A name of a table or column, quoted. */
  readonly name: (text: string) => string
  /** A statement with `?` for its values; resolves to its rows. */
  readonly run: (statement: string, values?: readonly string[]) => Promise<readonly Row[]>
  /** All of it or nothing: nobody else writes what it has read. */
  transaction<Value>(work: () => Promise<Value>): Promise<Value>
}

const queryLimitMs = 60_000

/** Rejects with the driver's own error. */
export async function openWritable(location: DatabaseLocation): Promise<WritableDatabase> {
  switch (location.kind) {
    case 'sqlite':
      return openSqlite(location.file)
    case 'mysql':
      return openMysql(location)
    case 'postgres':
      return openPostgres(location)
    default:
      return location satisfies never
  }
}

function openSqlite(file: string): WritableDatabase {
  const database = new DatabaseSync(file, { timeout: connectLimitMs })
  const run: WritableDatabase['run'] = (statement, values = []) =>
    Promise.resolve(database.prepare(statement).all(...values))
  return {
    kind: 'sqlite',
    name: doubleQuoted,
    run,
    transaction: (work) => inTransaction(run, 'begin immediate', work),
    [Symbol.asyncDispose]: () => Promise.resolve(database.close()),
  }
}

async function openMysql(location: ServerLocation): Promise<WritableDatabase> {
  const raw = await mysqlConnection(location, { dateStrings: true })
  const connection = raw.promise()
  const run: WritableDatabase['run'] = async (statement, values = []) => {
    const [found] = await connection.query({ sql: statement, values: [...values], timeout: queryLimitMs })
    const list: readonly unknown[] = Array.isArray(found) ? found : []
    return list.filter(isRow)
  }
  try {
    // Another than serializable would let somebody change what was just read.
    await connection.query('set session transaction isolation level serializable')
  } catch (error) {
    raw.destroy()
    throw error
  }
  return {
    kind: 'mysql',
    name: mysqlName,
    run,
    transaction: (work) => inTransaction(run, 'start transaction', work),
    [Symbol.asyncDispose]: () => {
      raw.destroy()
      return Promise.resolve()
    },
  }
}

async function openPostgres(location: ServerLocation): Promise<WritableDatabase> {
  const { client, stream } = await postgresClient(location, queryLimitMs)
  try {
    await client.connect()
  } catch (error) {
    stream.destroy()
    throw error
  }
  const run: WritableDatabase['run'] = async (statement, values = []) => {
    let number = 0
    const text = statement.replaceAll('?', () => `$${(number += 1)}`)
    return (await client.query<Row>(text, [...values])).rows
  }
  return {
    kind: 'postgres',
    name: doubleQuoted,
    run,
    transaction: (work) => inTransaction(run, 'begin isolation level serializable', work),
    [Symbol.asyncDispose]: () => {
      client.end().catch(() => {})
      stream.unref()
      return Promise.resolve()
    },
  }
}

async function inTransaction<Value>(
  run: WritableDatabase['run'],
  begin: string,
  work: () => Promise<Value>,
): Promise<Value> {
  await run(begin)
  try {
    const value = await work()
    await run('commit')
    return value
  } catch (error) {
    await run('rollback').catch(() => undefined)
    throw error
  }
}
