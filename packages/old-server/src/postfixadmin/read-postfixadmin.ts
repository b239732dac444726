import { statSync } from 'node:fs'
import { OldServerError } from '../errors.ts'
import type { Inventory } from '../model.ts'
import { openDatabase } from './database.ts'
import { inventoryOfTables } from './inventory-of-tables.ts'
import { type DatabaseLocation, describeLocation, parseLocation } from './location.ts'
import { readTables } from './tables.ts'

/** What `readPostfixAdmin` takes. */
export interface ReadPostfixAdminOptions {
  readonly signal?: AbortSignal
}

/**
 * Reads the database of PostfixAdmin (2.3 to 3.3 and later) on MySQL, MariaDB, PostgreSQL or SQLite. It only reads, never
 * passwords, and in one transaction, so that nobody's change in between tears it.
 *
 * @param url `mysql://user:password@host/database`, `postgres://...` or `sqlite:/path`; options: `prefix` of the tables, `tls=true`
 *   (verified), `socket` (MySQL: the socket's path, PostgreSQL: its folder)
 * @throws OldServerError with one of the codes `database_*`, and no part of the password; `signal.reason`
 */
export async function readPostfixAdmin(
  url: string,
  options: ReadPostfixAdminOptions = {},
): Promise<Inventory> {
  const { signal } = options
  signal?.throwIfAborted()
  const location = parseLocation(url)
  try {
    if (location.kind === 'sqlite') assertFile(location.file)
    return await unlessAborted(read(location, signal), signal)
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof OldServerError ? error : asOldServerError(location, error)
  }
}

async function read(location: DatabaseLocation, signal: AbortSignal | undefined): Promise<Inventory> {
  await using database = await openDatabase(location, signal)
  return inventoryOfTables(await readTables(database, location.prefix))
}

/** A driver whose connection was cut does not always tell those who wait for it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** SQLite's own words would be "unable to open database file", whatever is wrong. */
function assertFile(file: string): void {
  let problem: string | undefined
  try {
    if (!statSync(file).isFile()) problem = 'it is not a file'
  } catch (cause) {
    problem = codeOf(cause) === 'ENOENT' ? 'there is no such file' : `it cannot be read (${codeOf(cause)})`
  }
  if (problem !== undefined)
    throw new OldServerError('database_unreachable', `PostfixAdmin's database ${file}: ${problem}`)
}

/** MySQL's and PostgreSQL's names for a refused login, a database that one may not use, and a table that one may not read. */
const loginCodes: ReadonlySet<string> = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  '28P01',
  '28000',
  '42501',
])
const unknownDatabaseCodes: ReadonlySet<string> = new Set(['ER_BAD_DB_ERROR', '3D000'])

/** A driver's error as ours, without anything of the password. */
export function asOldServerError(location: DatabaseLocation, error: unknown): OldServerError {
  const where = `PostfixAdmin's database ${describeLocation(location)}`
  // Drivers keep what they were told in their errors: ours does not carry them on as its cause.
  const code = codeOf(error)
  if (loginCodes.has(code))
    return new OldServerError(
      'database_login',
      `${where} refused the user, the password or the right to read (${code})`,
    )
  if (unknownDatabaseCodes.has(code))
    return new OldServerError('database_schema', `${where} does not exist there (${code})`)
  if (/not a database/iu.test(messageOf(error)))
    return new OldServerError('database_schema', `${where}: the file is no SQLite database`)
  return new OldServerError(
    'database_unreachable',
    `${where} could not be read: ${withoutSecrets(messageOf(error), location)}`,
  )
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error instanceof Error ? error.message || error.name : String(error)
}

function withoutSecrets(text: string, location: DatabaseLocation): string {
  const password = location.kind === 'sqlite' ? '' : location.password
  const plain = password === '' ? text : text.replaceAll(password, '[secret]')
  return plain
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .replace(/\.$/u, '')
    .slice(0, 300)
}
