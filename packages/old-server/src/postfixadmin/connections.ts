import { Socket } from 'node:net'
import type { Connection as MysqlConnection } from 'mysql2'
import type { Client as PostgresClient } from 'pg'
import type { DatabaseLocation } from './location.ts'

export type ServerLocation = Exclude<DatabaseLocation, { kind: 'sqlite' }>

/** A server that has not answered by then is not reachable. */
export const connectLimitMs = 15_000

/** How values that JavaScript has no type for arrive. */
interface MysqlTypes {
  readonly supportBigNumbers?: boolean
  readonly bigNumberStrings?: boolean
  readonly dateStrings?: boolean
}

/** Not connected yet: the first statement rejects when it cannot be. Loads the driver. */
export async function mysqlConnection(location: ServerLocation, types: MysqlTypes): Promise<MysqlConnection> {
  const { host, port, socket, database, user, password, tls } = location
  // Loaded when such a server is asked: every command of a program that can read an inventory starts without it.
  const { createConnection } = await import('mysql2')
  const connection = createConnection({
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    ...(tls ? { ssl: { rejectUnauthorized: true } } : {}),
    user,
    password,
    database,
    charset: 'utf8mb4',
    ...types,
    // A server that is not ours could ask for any file of this machine (LOAD DATA LOCAL).
    flags: ['-LOCAL_FILES'],
    connectTimeout: connectLimitMs,
  })
  // One that dies while idle says so here; the next statement rejects.
  connection.on('error', () => {})
  return connection
}

/** Not connected yet. `stream` is ours, so that it can be cut: end() would wait for an answer. Loads the driver. */
export async function postgresClient(
  location: ServerLocation,
  queryLimitMs: number,
): Promise<{ readonly client: PostgresClient; readonly stream: Socket }> {
  const { host, port, socket, database, user, password, tls } = location
  const { Client } = await import('pg')
  const stream = new Socket()
  const client = new Client({
    stream: () => stream,
    host: socket ?? host,
    port,
    database,
    user,
    password,
    ssl: tls ? { rejectUnauthorized: true } : false,
    connectionTimeoutMillis: connectLimitMs,
    query_timeout: queryLimitMs,
  })
  client.on('error', () => {})
  return { client, stream }
}

export const mysqlName = (text: string): string => `\`${text.replaceAll('`', '``')}\``
export const doubleQuoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
