import { OldServerError } from '../errors.ts'
import type { Database, Row } from './database.ts'

/** What is read of PostfixAdmin's tables: never a password. */
export interface Tables {
  readonly domains: readonly DomainRow[]
  readonly mailboxes: readonly MailboxRow[]
  readonly aliases: readonly AliasRow[]
  readonly aliasDomains: readonly AliasDomainRow[]
  readonly admins: readonly AdminRow[]
  readonly fetchmail: readonly FetchmailRow[]
}
interface DomainRow {
  readonly domain: string
  readonly backupmx: boolean
  readonly active: boolean
}
export interface MailboxRow {
  readonly username: string
  readonly name: string
  /** Decimal digits as the database writes them. */
  readonly quota: string
  readonly active: boolean
}
export interface AliasRow {
  readonly address: string
  readonly goto: string
  readonly active: boolean
}
interface AliasDomainRow {
  readonly aliasDomain: string
  readonly targetDomain: string
  readonly active: boolean
}
/** Mail that is fetched elsewhere and put into a mailbox, past Postfix. */
interface FetchmailRow {
  readonly mailbox: string
  readonly server: string
  readonly active: boolean
}
interface AdminRow {
  readonly username: string
  readonly domain: string
}

const needed = {
  domain: ['domain', 'backupmx', 'active'],
  mailbox: ['username', 'name', 'quota', 'active'],
  alias: ['address', 'goto', 'active'],
} as const
/** Absent from databases of long ago. */
const optional = {
  alias_domain: ['alias_domain', 'target_domain', 'active'],
  domain_admins: ['username', 'domain', 'active'],
  fetchmail: ['mailbox', 'src_server'],
} as const

/** More than the largest hosters have in one table; what is larger is the wrong one. */
const maxRows = 1_000_000
/** MySQL's `text` ends at 64 KiB; PostgreSQL's has no end. */
export const maxGotoLength = 65_535
/** All targets together: what does not fit is no list of aliases. */
const maxGotoTotal = 256 * 1024 * 1024

/** Reads everything that matters. `schema` when the tables are not PostfixAdmin's. */
export async function readTables(database: Database, prefix: string): Promise<Tables> {
  const columns = new Map<string, Set<string>>()
  for (const { table, column } of await database.columns()) {
    const known = columns.get(table)
    if (known === undefined) columns.set(table, new Set([column]))
    else known.add(column)
  }
  assertSchema(columns, prefix)
  const select = async (table: string, fields: readonly string[]): Promise<readonly Row[]> => {
    const names = fields.map((field) => {
      const name = database.name(field)
      return field === 'goto' ? `substr(${name}, 1, ${maxGotoLength + 1}) as ${name}` : name
    })
    const rows = await database.rows(
      `select ${names.join(', ')} from ${database.name(prefix + table)} limit ${maxRows + 1}`,
    )
    if (rows.length > maxRows)
      throw new OldServerError(
        'database_too_large',
        `PostfixAdmin's table ${prefix}${table} has more than ${maxRows} rows`,
      )
    return rows
  }
  const goto = database.name('goto')
  const [sum] = await database.rows(
    `select sum(length(${goto})) as n from ${database.name(`${prefix}alias`)}`,
  )
  if (Number(textOf(sum?.['n'])) > maxGotoTotal)
    throw new OldServerError(
      'database_too_large',
      `The aliases in PostfixAdmin's table ${prefix}alias take more than ${maxGotoTotal / 1024 / 1024} MiB`,
    )
  const selectOptional = async (table: keyof typeof optional): Promise<readonly Row[]> =>
    missingColumns(columns, prefix + table, optional[table]).length > 0 ? [] : select(table, optional[table])
  return {
    domains: (await select('domain', needed.domain)).map((row) => ({
      domain: textOf(row['domain']),
      backupmx: isOn(row['backupmx']),
      active: isOn(row['active']),
    })),
    mailboxes: (await select('mailbox', needed.mailbox)).map((row) => ({
      username: textOf(row['username']),
      name: textOf(row['name']),
      quota: textOf(row['quota']),
      active: isOn(row['active']),
    })),
    aliases: (await select('alias', needed.alias)).map((row) => ({
      address: textOf(row['address']),
      goto: textOf(row['goto']),
      active: isOn(row['active']),
    })),
    aliasDomains: (await selectOptional('alias_domain')).map((row) => ({
      aliasDomain: textOf(row['alias_domain']),
      targetDomain: textOf(row['target_domain']),
      active: isOn(row['active']),
    })),
    admins: (await selectOptional('domain_admins'))
      .filter((row) => isOn(row['active']))
      .map((row) => ({ username: textOf(row['username']), domain: textOf(row['domain']) })),
    fetchmail: (
      await (missingColumns(columns, `${prefix}fetchmail`, ['active']).length > 0
        ? selectOptional('fetchmail')
        : select('fetchmail', [...optional.fetchmail, 'active']))
    ).map((row) => ({
      mailbox: textOf(row['mailbox']),
      server: textOf(row['src_server']),
      // Databases of long ago have no switch.
      active: row['active'] === undefined || isOn(row['active']),
    })),
  }
}

function assertSchema(columns: ReadonlyMap<string, ReadonlySet<string>>, prefix: string): void {
  const missing = Object.entries(needed).flatMap(([table, fields]) => {
    const name = prefix + table
    if (!columns.has(name)) return [`the table ${name}`]
    return missingColumns(columns, name, fields).map((field) => `the column ${name}.${field}`)
  })
  if (missing.length === 0) return
  throw new OldServerError(
    'database_schema',
    `This is not PostfixAdmin's database, or its user may not read it: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
  )
}

function missingColumns(
  columns: ReadonlyMap<string, ReadonlySet<string>>,
  table: string,
  fields: readonly string[],
): readonly string[] {
  return fields.filter((field) => columns.get(table)?.has(field) !== true)
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : ''
}

/** MySQL has 0 and 1, PostgreSQL true and false, SQLite what somebody put there. */
export function isOn(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  return ['1', 't', 'true'].includes(textOf(value))
}
