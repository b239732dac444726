import { domainToASCII, domainToUnicode } from 'node:url'
import { sql } from 'kysely'
import { numberOf, textOf } from './database.ts'
import type { RoundcubeDatabase, Row } from './database.ts'

/** A row of Roundcube's `users`: one person may have several, one for each way to write the login. */
export interface RoundcubeUser {
  readonly id: number
  readonly username: string
  readonly mailHost: string
  /** e.g. `de_DE`; empty when never chosen. */
  readonly language: string
}

/**
 * The rows that belong to a mailbox: those whose login is its address, and those whose login is its local part only
 * when Roundcube made them for this address (their first identity says so) or for a host of its domain.
 */
export async function usersOf(db: RoundcubeDatabase, address: string): Promise<RoundcubeUser[]> {
  const at = address.lastIndexOf('@')
  const local = address.slice(0, at).toLowerCase()
  const domain = address.slice(at + 1).toLowerCase()
  const domains = new Set([domain, domainToASCII(domain) || domain, domainToUnicode(domain) || domain])
  const addresses = new Set([...domains].map((name) => `${local}@${name}`))
  const names = [local, ...addresses].map((name) => sql`${name}`)
  const rows = await db.read(
    sql<Row>`select user_id, username, mail_host${languageOf(db)}
      from ${table(db, 'users')} where lower(username) in (${sql.join(names)}) order by user_id`,
  )
  const users: RoundcubeUser[] = []
  for (const row of rows) {
    const user = {
      id: numberOf(row['user_id']),
      username: textOf(row['username']),
      mailHost: textOf(row['mail_host']),
      language: textOf(row['language']),
    }
    if (addresses.has(user.username.toLowerCase()) || (await isSameMailbox(db, user, addresses, domains)))
      users.push(user)
  }
  return users
}

/** How many logins Roundcube knows. @throws RoundcubeError `read` */
export async function countRoundcubeUsers(db: RoundcubeDatabase): Promise<number> {
  const [row] = await db.read(sql<Row>`select count(*) as amount from ${table(db, 'users')}`)
  return numberOf(row?.['amount'])
}

async function isSameMailbox(
  db: RoundcubeDatabase,
  user: RoundcubeUser,
  addresses: ReadonlySet<string>,
  domains: ReadonlySet<string>,
): Promise<boolean> {
  // Later identities may name any address that the user liked to write from.
  const [first] = await db.read(
    sql<Row>`select email from ${table(db, 'identities')} where user_id = ${user.id} order by identity_id limit 1`,
  )
  if (first !== undefined) return addresses.has(textOf(first['email']).toLowerCase())
  const host = user.mailHost.toLowerCase()
  return [...domains].some((domain) => host === domain || host.endsWith(`.${domain}`))
}

function languageOf(db: RoundcubeDatabase) {
  return db.tables.columns.get('users')?.has('language') === true ? sql`, language` : sql``
}

/** The table under its name in this database. */
export function table(db: RoundcubeDatabase, name: string) {
  return sql.table(db.tables.prefix + name)
}
