import { sql } from 'kysely'
import { numberOf, textOf } from './database.ts'
import type { RoundcubeDatabase, Row } from './database.ts'
import { table } from './users.ts'
import type { RoundcubeUser } from './users.ts'

/** The groups of a mailbox. Those of one name, of several logins, are one. */
export interface Groups {
  readonly names: readonly string[]
  /** The groups of some contacts; deleted groups have none. */
  of(contacts: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>>
}

export async function readGroups(db: RoundcubeDatabase, users: readonly RoundcubeUser[]): Promise<Groups> {
  const byId = new Map<number, string>()
  for (const { id } of users) {
    const rows = await db.read(
      sql<Row>`select contactgroup_id, ${db.text('name')} as name from ${table(db, 'contactgroups')}
        where user_id = ${id} and del <> 1 order by contactgroup_id`,
    )
    for (const row of rows) {
      const name = textOf(row['name'])
        .replaceAll(/\p{Cc}+/gu, ' ')
        .trim()
      if (name !== '') byId.set(numberOf(row['contactgroup_id']), name)
    }
  }
  return {
    names: [...new Set(byId.values())],
    of: async (contacts) => {
      const result = new Map<number, string[]>()
      if (byId.size === 0 || contacts.length === 0) return result
      const rows = await db.read(
        sql<Row>`select contact_id, contactgroup_id from ${table(db, 'contactgroupmembers')}
          where contact_id in (${sql.join(contacts)}) order by contact_id, contactgroup_id`,
      )
      for (const row of rows) {
        const group = byId.get(numberOf(row['contactgroup_id']))
        const contact = numberOf(row['contact_id'])
        const known = result.get(contact) ?? []
        if (group !== undefined && !known.includes(group)) result.set(contact, [...known, group])
      }
      return result
    },
  }
}
