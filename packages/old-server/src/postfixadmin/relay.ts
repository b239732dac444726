import { OldServerError } from '../errors.ts'
import type { Row } from './database.ts'
import { parseLocation } from './location.ts'
import { asOldServerError } from './read-postfixadmin.ts'
import {
  planPostfixAdminPrimary,
  type PostfixAdminPlan,
  type PostfixAdminRelayWanted,
  planPostfixAdminRelay,
  type RelayTables,
  type RowChange,
} from './relay-plan.ts'
import { isOn, textOf } from './tables.ts'
import { openWritable, type WritableDatabase } from './writable-database.ts'

/** Beside PostfixAdmin's own tables, in the same database, so that one transaction holds both. */
const KEPT = 'mailmove_kept_rows'

const keys: Readonly<Record<RowChange['table'], string>> = {
  domain: 'domain',
  alias: 'address',
  alias_domain: 'alias_domain',
  vacation: 'email',
}

/** What would make a domain of PostfixAdmin a relay. Reads only. Rejects with `OldServerError` (`database_*`). */
export function readPostfixAdminRelay(
  url: string,
  wanted: PostfixAdminRelayWanted,
): Promise<PostfixAdminPlan> {
  return withDatabase(url, async (database, prefix) =>
    planPostfixAdminRelay(await readTables(database, prefix, wanted), wanted),
  )
}

/**
 * Makes it one, in one transaction; what the rows were before is kept beside them (table `mailmove_kept_rows`). `false`: it is so already.
 * Rejects with `OldServerError` (`database_*`), and nothing was changed.
 */
export function makePostfixAdminRelay(url: string, wanted: PostfixAdminRelayWanted): Promise<boolean> {
  return withDatabase(url, async (database, prefix) => {
    await ensureKept(database, prefix)
    return database.transaction(async () => {
      const { changes, problems } = planPostfixAdminRelay(await readTables(database, prefix, wanted), wanted)
      if (problems.length > 0) throw new OldServerError('database_schema', problems.join(' '))
      if (changes.length === 0) return false
      const kept = new Set(
        (await readKept(database, prefix, wanted.domain)).map(({ table, key }) => `${table} ${key}`),
      )
      for (const change of changes) {
        // What a row was before the first change counts, however often the list of recipients is brought up to date.
        if (!kept.has(`${change.table} ${change.key}`)) await keep(database, prefix, wanted.domain, change)
        await apply(database, prefix, change)
      }
      return true
    })
  })
}

/** What would put it back. Reads only. Rejects with `OldServerError` (`database_*`). */
export function readPostfixAdminPrimary(url: string, domain: string): Promise<PostfixAdminPlan> {
  return withDatabase(url, async (database, prefix) =>
    planPostfixAdminPrimary(await readKept(database, prefix, domain)),
  )
}

/** Puts every row back as it was kept, in one transaction. `false`: nothing was kept. Rejects with `OldServerError` (`database_*`). */
export function makePostfixAdminPrimary(url: string, domain: string): Promise<boolean> {
  return withDatabase(url, async (database, prefix) =>
    database.transaction(async () => {
      const { changes } = planPostfixAdminPrimary(await readKept(database, prefix, domain))
      if (changes.length === 0) return false
      for (const change of changes) await apply(database, prefix, change)
      const { name } = database
      await database.run(`delete from ${name(prefix + KEPT)} where ${name('owner')} = ?`, [domain])
      return true
    }),
  )
}

async function withDatabase<Value>(
  url: string,
  work: (database: WritableDatabase, prefix: string) => Promise<Value>,
): Promise<Value> {
  const location = parseLocation(url)
  try {
    await using database = await openWritable(location)
    return await work(database, location.prefix)
  } catch (error) {
    throw error instanceof OldServerError ? error : asOldServerError(location, error)
  }
}

async function readTables(
  { name, run }: WritableDatabase,
  prefix: string,
  wanted: Pick<PostfixAdminRelayWanted, 'domain' | 'aliasDomains'>,
): Promise<RelayTables> {
  const names = [wanted.domain, ...wanted.aliasDomains]
  const marks = names.map(() => '?').join(', ')
  const select = (table: string, column: string, fields: readonly string[]): Promise<readonly Row[]> =>
    run(
      `select ${fields.map((field) => name(field)).join(', ')} from ${name(prefix + table)} where lower(${name(column)}) in (${marks})`,
      names,
    )
  const domains = await select('domain', 'domain', ['domain', 'transport', 'backupmx', 'active'])
  const aliases = await select('alias', 'domain', ['address', 'goto', 'active'])
  const aliasDomains = await select('alias_domain', 'alias_domain', [
    'alias_domain',
    'target_domain',
    'active',
  ])
  const vacations = await select('vacation', 'domain', ['email', 'active'])
  const mailboxes = await select('mailbox', 'domain', ['username', 'active'])
  return {
    domains: domains.map((row) => ({
      domain: lower(row['domain']),
      transport: textOf(row['transport']),
      backupmx: isOn(row['backupmx']),
      active: isOn(row['active']),
    })),
    aliases: aliases.map((row) => ({
      address: lower(row['address']),
      goto: textOf(row['goto']),
      active: isOn(row['active']),
    })),
    aliasDomains: aliasDomains.map((row) => ({
      aliasDomain: lower(row['alias_domain']),
      targetDomain: lower(row['target_domain']),
      active: isOn(row['active']),
    })),
    vacations: vacations.map((row) => ({ email: lower(row['email']), active: isOn(row['active']) })),
    mailboxes: mailboxes.map((row) => ({ username: lower(row['username']), active: isOn(row['active']) })),
  }
}

const lower = (value: unknown): string => textOf(value).toLowerCase()

/** Outside of the transaction: MySQL ends one at every `create`. */
async function ensureKept({ name, run, kind }: WritableDatabase, prefix: string): Promise<void> {
  const text = kind === 'mysql' ? 'varchar(255) character set latin1' : 'varchar(255)'
  await run(
    `create table if not exists ${name(prefix + KEPT)} (${name('owner')} ${text} not null, ${name('tbl')} ${text} not null, ${name('row_key')} ${text} not null, ${name('change_json')} text not null, primary key (${name('owner')}, ${name('tbl')}, ${name('row_key')}))`,
  )
}

async function keep(
  { name, run }: WritableDatabase,
  prefix: string,
  owner: string,
  change: RowChange,
): Promise<void> {
  const columns = ['owner', 'tbl', 'row_key', 'change_json'].map((column) => name(column)).join(', ')
  await run(`insert into ${name(prefix + KEPT)} (${columns}) values (?, ?, ?, ?)`, [
    owner,
    change.table,
    change.key,
    JSON.stringify({ before: change.before }),
  ])
}

/** Empty where nothing was ever kept. */
async function readKept(
  { name, run, kind }: WritableDatabase,
  prefix: string,
  owner: string,
): Promise<readonly RowChange[]> {
  const tables =
    kind === 'sqlite'
      ? await run('select name as t from sqlite_master where name = ?', [prefix + KEPT])
      : await run(
          `select table_name as t from information_schema.tables where table_name = ? and table_schema = ${kind === 'mysql' ? 'database()' : 'current_schema()'}`,
          [prefix + KEPT],
        )
  if (tables.length === 0) return []
  const rows = await run(`select * from ${name(prefix + KEPT)} where ${name('owner')} = ?`, [owner])
  return rows.map((row) => keptChange(textOf(row['tbl']), textOf(row['row_key']), textOf(row['change_json'])))
}

function keptChange(table: string, key: string, json: string): RowChange {
  const parsed: unknown = JSON.parse(json)
  if (isTable(table) && typeof parsed === 'object' && parsed !== null && 'before' in parsed) {
    const { before } = parsed
    if (before === null) return { table, key, before: null, after: {} }
    if (typeof before === 'object') {
      const columns = Object.entries(before).map(([column, value]) => [column, String(value)] as const)
      return { table, key, before: Object.fromEntries(columns), after: {} }
    }
  }
  throw new OldServerError(
    'database_schema',
    `The table ${KEPT} holds a row of ${key} that mailmove did not write`,
  )
}

function isTable(text: string): text is RowChange['table'] {
  return Object.hasOwn(keys, text)
}

/** Only the columns that change; what PostfixAdmin keeps as "modified" stays what it was. */
async function apply(
  { name, run, kind }: WritableDatabase,
  prefix: string,
  { table, key, before, after }: RowChange,
): Promise<void> {
  const target = name(prefix + table)
  // MySQL's collation of these does not tell case apart, and its index is of use.
  const where = kind === 'mysql' ? `${name(keys[table])} = ?` : `lower(${name(keys[table])}) = ?`
  if (after === null) {
    await run(`delete from ${target} where ${where}`, [key])
    return
  }
  const columns = Object.entries(after)
  if (before === null) {
    const names = [keys[table], ...columns.map(([column]) => column)].map((column) => name(column))
    const values = [key, ...columns.map(([, value]) => value)]
    await run(
      `insert into ${target} (${names.join(', ')}) values (${values.map(() => '?').join(', ')})`,
      values,
    )
    return
  }
  const set = columns.map(([column]) => `${name(column)} = ?`).join(', ')
  await run(`update ${target} set ${set} where ${where}`, [...columns.map(([, value]) => value), key])
}
