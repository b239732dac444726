import { sql } from 'kysely'
import { normaliseCard } from '../vcard/normalise.ts'
import { escapeText, first, property, unescapeText } from '../vcard/property.ts'
import { stableUid } from '../vcard/uid.ts'
import type { BookEntry, BookKind } from './books.ts'
import { numberOf, textOf } from './database.ts'
import type { RoundcubeDatabase, Row } from './database.ts'
import { table } from './users.ts'
import type { RoundcubeUser } from './users.ts'

const pageRows = 1000
/** The column `type`. */
export const collectedTypes = { recipients: 1, senders: 2 } as const

/** Addresses that Roundcube noted down by itself (since 1.5); each address once, whoever of the logins had it. */
export async function* collectedEntries(
  db: RoundcubeDatabase,
  address: string,
  users: readonly RoundcubeUser[],
  kind: Exclude<BookKind, 'personal'>,
): AsyncGenerator<BookEntry> {
  if (!db.tables.columns.has('collected_addresses')) return
  const seen = new Set<string>()
  for (const user of users)
    for (let last = -1, more = true; more;) {
      const rows = await db.read(
        sql<Row>`select address_id, ${db.text('name')} as name, ${db.text('email')} as email
          from ${table(db, 'collected_addresses')}
          where user_id = ${user.id} and ${sql.ref('type')} = ${collectedTypes[kind]} and address_id > ${last}
          order by address_id limit ${pageRows}`,
      )
      for (const row of rows) {
        last = numberOf(row['address_id'])
        const email = textOf(row['email']).trim()
        if (seen.has(email.toLowerCase())) continue
        seen.add(email.toLowerCase())
        yield toEntry(address, kind, textOf(row['name']).trim(), email)
      }
      more = rows.length === pageRows
    }
}

function toEntry(address: string, kind: string, name: string, email: string): BookEntry {
  const properties = [property('FN', escapeText(name)), property('EMAIL', escapeText(email))]
  const uid = stableUid('roundcube-collected', address, kind, email.toLowerCase())
  const normalised = normaliseCard({ version: '3.0', properties, problems: [] }, { uid })
  if (normalised === undefined)
    return { kind: 'set-aside', name: `collected address`, reason: 'there is nothing in it', original: '' }
  return {
    kind: 'contact',
    card: normalised.card,
    uid,
    name: unescapeText(first(normalised.card, 'FN')?.value ?? ''),
    groups: [],
    repairs: normalised.repairs,
  }
}
