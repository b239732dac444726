import { RoundcubeError } from './errors.ts'

/** The tables that matter, as they are called here, with their columns (lower case). */
export interface RoundcubeTables {
  readonly prefix: string
  readonly columns: ReadonlyMap<RoundcubeTable, ReadonlySet<string>>
}

type RoundcubeTable = keyof typeof known

/** What each must have to be Roundcube's. The last two came with 1.5 and 1.6. */
const known = {
  users: ['user_id', 'username', 'mail_host'],
  contacts: ['contact_id', 'user_id', 'del', 'name', 'email', 'firstname', 'surname', 'vcard'],
  contactgroups: ['contactgroup_id', 'user_id', 'del', 'name'],
  contactgroupmembers: ['contactgroup_id', 'contact_id'],
  identities: ['identity_id', 'user_id', 'del', 'standard', 'name', 'email', 'signature'],
  collected_addresses: ['address_id', 'user_id', 'name', 'email', 'type'],
  responses: ['response_id', 'user_id', 'name', 'data', 'is_html', 'del'],
}
const needed = ['users', 'contacts', 'contactgroups', 'contactgroupmembers', 'identities'] as const

interface FoundTable {
  readonly name: string
  readonly columns: readonly { readonly name: string }[]
}

/** @throws RoundcubeError `schema` */
export function findTables(found: readonly FoundTable[], wantedPrefix: string | undefined): RoundcubeTables {
  const byName = new Map(found.map((table) => [table.name, table]))
  const prefixes = wantedPrefix === undefined ? prefixesIn(found) : [wantedPrefix]
  const complete = prefixes.filter((prefix) => needed.every((table) => byName.has(prefix + table)))
  if (complete.length === 0)
    throw new RoundcubeError(
      'schema',
      `This is not Roundcube's database: there is no table ${needed.map((name) => `${wantedPrefix ?? ''}${name}`).find((name) => !byName.has(name)) ?? 'users'} (${found.length} tables, ${found
        .slice(0, 5)
        .map(({ name }) => name)
        .join(', ')}).`,
    )
  const prefix = complete.includes('') ? '' : complete[0]
  if (prefix === undefined || (prefix !== '' && complete.length > 1))
    throw new RoundcubeError(
      'schema',
      `Several Roundcubes share this database (prefixes ${complete.join(', ')}): say which one with ?prefix=NAME.`,
    )
  return { prefix, columns: columnsOf(byName, prefix) }
}

function prefixesIn(found: readonly FoundTable[]): string[] {
  return found
    .filter(({ name }) => name.endsWith('contactgroupmembers'))
    .map(({ name }) => name.slice(0, -'contactgroupmembers'.length))
}

function columnsOf(
  byName: ReadonlyMap<string, FoundTable>,
  prefix: string,
): Map<RoundcubeTable, ReadonlySet<string>> {
  const result = new Map<RoundcubeTable, ReadonlySet<string>>()
  for (const table of tableNames) {
    const columns = new Set(byName.get(prefix + table)?.columns.map(({ name }) => name.toLowerCase()))
    if (columns.size === 0) continue
    const missing = known[table].find((column) => !columns.has(column))
    if (missing !== undefined)
      throw new RoundcubeError(
        'schema',
        `This is not Roundcube's database: the table ${prefix}${table} has no column ${missing}.`,
      )
    result.set(table, columns)
  }
  return result
}

const tableNames: readonly RoundcubeTable[] = [...needed, 'collected_addresses', 'responses']
