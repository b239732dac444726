import { foldCase, parseAddress, parseDomain } from '../address.ts'
import { OldServerError } from '../errors.ts'
import { openDatabase, type Row } from '../postfixadmin/database.ts'
import { parseLocation } from '../postfixadmin/location.ts'
import { asOldServerError } from '../postfixadmin/read-postfixadmin.ts'
import { readPreferences, type SpamPreferences } from './preferences.ts'

/** SpamAssassin's preferences of a whole server. */
export interface ServerPreferences {
  /** For everybody. */
  readonly global?: SpamPreferences
  readonly domains: ReadonlyMap<string, SpamPreferences>
  readonly mailboxes: ReadonlyMap<string, SpamPreferences>
}

const GLOBALS: ReadonlySet<string> = new Set(['@global', '$global', '%global', 'global'])

/**
 * Reads SpamAssassin's table `userpref` (columns username, preference, value), which Roundcube's plugins and others write. Only reads.
 *
 * @param url as `readPostfixAdmin` takes it; its option `prefix` goes before the table's name
 * @throws OldServerError with one of the codes `database_*`; `signal.reason`
 */
export async function readUserPreferences(
  url: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ServerPreferences> {
  signal?.throwIfAborted()
  const location = parseLocation(url)
  try {
    await using database = await openDatabase(location, signal)
    const table = `${location.prefix}userpref`
    const columns = (await database.columns()).filter((column) => column.table === table)
    if (!['username', 'preference', 'value'].every((name) => columns.some(({ column }) => column === name)))
      throw new OldServerError(
        'database_schema',
        `the database has no table ${table} with username, preference and value`,
      )
    const [username, preference, value] = ['username', 'preference', 'value'].map((name) =>
      database.name(name),
    )
    return sorted(
      await database.rows(
        `select ${username} as u, ${preference} as p, ${value} as v from ${database.name(table)} order by ${username}, ${preference}, ${value}`,
      ),
    )
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof OldServerError) throw error
    const known = asOldServerError(location, error)
    throw new OldServerError(known.code, known.message.replace('PostfixAdmin', 'SpamAssassin'))
  }
}

function sorted(rows: readonly Row[]): ServerPreferences {
  const byUser = Map.groupBy(
    rows.map((row) => ({
      user: foldCase(String(row['u'])),
      name: String(row['p']),
      value: String(row['v']),
    })),
    ({ user }) => user,
  )
  const domains = new Map<string, SpamPreferences>()
  const mailboxes = new Map<string, SpamPreferences>()
  let global: SpamPreferences | undefined
  for (const [user, preferences] of byUser) {
    const read = readPreferences(preferences)
    const domain = parseDomain(/^[@%](.+)$/u.exec(user)?.[1] ?? '')
    const address = parseAddress(user)
    if (GLOBALS.has(user)) global = read
    else if ('value' in domain) domains.set(domain.value, read)
    else if ('value' in address) mailboxes.set(address.value, read)
  }
  return { ...(global === undefined ? {} : { global }), domains, mailboxes }
}
