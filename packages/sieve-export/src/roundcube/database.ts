import { Kysely, MysqlDialect, PostgresDialect, sql } from 'kysely'
import type { Dialect, RawBuilder } from 'kysely'
import { decodeBytes } from '../vcard/decode-bytes.ts'
import { RoundcubeError } from './errors.ts'
import { parseLocation } from './location.ts'
import type { DatabaseLocation } from './location.ts'
import { findTables } from './schema.ts'
import type { RoundcubeTables } from './schema.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

export interface OpenRoundcubeOptions {
  readonly signal?: AbortSignal
}

export type Row = Readonly<Record<string, unknown>>

/** Roundcube's database, opened for reading. Close it with `close()` or `await using`. */
export interface RoundcubeDatabase extends AsyncDisposable {
  readonly kind: 'sqlite' | 'mysql' | 'postgres'
  /** The names of Roundcube's tables here, with their columns. */
  readonly tables: RoundcubeTables
  /** Rows of one statement, which must only read. */
  read(statement: RawBuilder<Row>): Promise<readonly Row[]>
  /** An expression for a text column that reads its bytes where the database may hold what is not UTF-8. */
  text(column: string): RawBuilder<unknown>
  close(): Promise<void>
}

/** A server that does not answer is unreachable after this. */
const connectLimitMs = 15_000
const queryLimitMs = 120_000

/**
 * Opens Roundcube's database (any version from 0.7 to 1.7: tables and columns are looked for, versions are not).
 *
 * @param url `mysql://user:password@host/database`, `postgres://...` or `sqlite:/path`; `?prefix=` for `db_prefix`
 * @throws RoundcubeError `usage`, `connect`, `login`, `schema`
 */
export async function openRoundcube(
  url: string,
  { signal }: OpenRoundcubeOptions = {},
): Promise<RoundcubeDatabase> {
  signal?.throwIfAborted()
  const location = parseLocation(url)
  const kysely = new Kysely<never>({ dialect: await dialectOf(location) })
  try {
    const tables = await kysely.introspection.getTables()
    return {
      kind: location.kind,
      tables: findTables(tables, location.prefix),
      read: async (statement) => {
        signal?.throwIfAborted()
        try {
          return (await statement.execute(kysely)).rows
        } catch (cause) {
          throw new RoundcubeError('read', `Roundcube's database could not be read: ${reasonOf(cause)}.`, {
            cause,
          })
        }
      },
      text: (column) =>
        location.kind === 'sqlite' ? sql`cast(${sql.ref(column)} as blob)` : sql`${sql.ref(column)}`,
      close: () => kysely.destroy(),
      [Symbol.asyncDispose]: () => kysely.destroy(),
    }
  } catch (error) {
    await kysely.destroy()
    throw error instanceof RoundcubeError ? error : openError(location, error)
  }
}

async function dialectOf(location: DatabaseLocation): Promise<Dialect> {
  switch (location.kind) {
    case 'sqlite':
      try {
        return sqliteDialect(location.file)
      } catch (error) {
        throw openError(location, error)
      }
    case 'mysql': {
      const { host, port, socket, database, user, password, tls } = location
      // Loaded when such a server is asked: who exports no address books starts without it.
      const { createPool } = await import('mysql2')
      const pool = createPool({
        ...(socket === undefined ? { host, port } : { socketPath: socket }),
        ...(tls ? { ssl: { rejectUnauthorized: true } } : {}),
        user,
        password,
        database,
        charset: 'utf8mb4',
        dateStrings: true,
        connectionLimit: 2,
        connectTimeout: connectLimitMs,
      })
      // a connection that dies while idle is replaced by the next query
      pool.on('connection', (connection) => {
        connection.on('error', () => {})
        connection.query('set session transaction read only')
      })
      return new MysqlDialect({ pool })
    }
    case 'postgres': {
      const { host, port, socket, database, user, password, tls } = location
      const { Pool } = await import('pg')
      const pool = new Pool({
        host: socket ?? host,
        port,
        database,
        user,
        password,
        ssl: tls ? { rejectUnauthorized: true } : false,
        max: 2,
        connectionTimeoutMillis: connectLimitMs,
        statement_timeout: queryLimitMs,
        options: '-c default_transaction_read_only=on',
      })
      pool.on('error', () => {})
      return new PostgresDialect({ pool })
    }
    default:
      return location satisfies never
  }
}

const loginCodes = new Set(['ER_ACCESS_DENIED_ERROR', 'ER_DBACCESS_DENIED_ERROR', '28P01', '28000', '42501'])

function openError(location: DatabaseLocation, cause: unknown): RoundcubeError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const where =
    location.kind === 'sqlite' ? location.file : `${location.host}:${location.port}/${location.database}`
  if (loginCodes.has(code))
    return new RoundcubeError('login', `Roundcube's database ${where} refused the login (${code}).`, {
      cause,
    })
  return new RoundcubeError(
    'connect',
    `Roundcube's database ${where} could not be opened: ${reasonOf(cause)}.`,
    {
      cause,
    },
  )
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  const text = error instanceof Error ? error.message || error.name : String(error)
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .replace(/\.$/, '')
    .slice(0, 300)
}

/** The text of a column, whatever the driver made of it, without the NULs that no card may hold. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text =
    value instanceof Uint8Array
      ? decodeBytes(value).text
      : typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
          ? String(value)
          : ''
  return text.replaceAll('\0', '')
}

/** A number that a driver may hand out as text. */
export function numberOf(value: unknown): number {
  return Number(textOf(value))
}
