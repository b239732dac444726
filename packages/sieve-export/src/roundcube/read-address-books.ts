import { sql } from 'kysely'
import type { AddressBook, MailboxAddressBooks } from './books.ts'
import { collectedEntries, collectedTypes } from './collected.ts'
import { personalEntries } from './contacts.ts'
import { numberOf } from './database.ts'
import type { RoundcubeDatabase, Row } from './database.ts'
import { readGroups } from './groups.ts'
import { readIdentities, readResponses } from './identities.ts'
import { table, usersOf } from './users.ts'

/**
 * What Roundcube keeps for one mailbox: its own contacts, collected recipients and trusted senders as books of their
 * own, identities with signatures, saved responses. Deleted contacts and groups stay deleted. A mailbox that Roundcube
 * does not know gives empty books.
 *
 * @throws RoundcubeError `read`
 */
export async function readAddressBooks(db: RoundcubeDatabase, mailbox: string): Promise<MailboxAddressBooks> {
  const address = mailbox.toLowerCase()
  const users = await usersOf(db, address)
  const groups = await readGroups(db, users)
  const collected = (kind: 'recipients' | 'senders'): AddressBook => ({
    kind,
    groups: [],
    entries: () => collectedEntries(db, address, users, kind),
  })
  return {
    address,
    users,
    books: [
      {
        kind: 'personal',
        groups: groups.names,
        entries: () => personalEntries(db, address, users, groups),
      },
      collected('recipients'),
      collected('senders'),
    ],
    identities: await readIdentities(db, users),
    responses: await readResponses(db, users),
  }
}

/** How much Roundcube keeps for a mailbox, counted by the database. */
export interface AddressBookCounts {
  readonly contacts: number
  readonly groups: number
  readonly recipients: number
  readonly senders: number
  readonly identities: number
  readonly responses: number
}

/** @throws RoundcubeError `read` */
export async function countAddressBooks(db: RoundcubeDatabase, mailbox: string): Promise<AddressBookCounts> {
  const users = await usersOf(db, mailbox.toLowerCase())
  const ids = users.map(({ id }) => id)
  const count = async (name: string, condition = sql``): Promise<number> => {
    if (ids.length === 0) return 0
    const [row] = await db.read(
      sql<Row>`select count(*) as amount from ${table(db, name)} where user_id in (${sql.join(ids)}) ${condition}`,
    )
    return numberOf(row?.['amount'])
  }
  const hasCollected = db.tables.columns.has('collected_addresses')
  const collected = (type: number) =>
    hasCollected ? count('collected_addresses', sql`and ${sql.ref('type')} = ${type}`) : Promise.resolve(0)
  const present = sql`and del <> 1`
  return {
    contacts: await count('contacts', present),
    groups: await count('contactgroups', present),
    recipients: await collected(collectedTypes.recipients),
    senders: await collected(collectedTypes.senders),
    identities: await count('identities', present),
    responses: (await readResponses(db, users)).length,
  }
}
