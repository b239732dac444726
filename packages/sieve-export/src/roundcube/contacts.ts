import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { groupCard } from '../vcard/group-card.ts'
import { normaliseCard } from '../vcard/normalise.ts'
import { first, unescapeText } from '../vcard/property.ts'
import { stableUid } from '../vcard/uid.ts'
import { writeCard } from '../vcard/write.ts'
import type { BookEntry, ContactEntry } from './books.ts'
import { numberOf, textOf } from './database.ts'
import type { RoundcubeDatabase, Row } from './database.ts'
import type { Groups } from './groups.ts'
import { storedCard } from './stored-card.ts'
import { table } from './users.ts'
import type { RoundcubeUser } from './users.ts'

/** Cards with photos are large: a page of them must fit into memory easily. */
const pageRows = 100
/** Beyond this no server takes a card. */
const maxCardBytes = 4 * 1024 * 1024

/** The user's own contacts, then the groups. */
export async function* personalEntries(
  db: RoundcubeDatabase,
  address: string,
  users: readonly RoundcubeUser[],
  groups: Groups,
): AsyncGenerator<BookEntry> {
  const taken = new Set<string>()
  const seen = new Set<string>()
  const members = new Map<string, string[]>(groups.names.map((name) => [name, []]))
  for (const [index, user] of users.entries())
    for await (const { row, groupNames } of contactRows(db, user, groups)) {
      const entry = toEntry(address, row, groupNames, taken)
      if (entry.kind !== 'contact') {
        yield entry
        continue
      }
      if (users.length > 1) {
        // Who logged in in two ways often imported the same contacts twice.
        const content = contentHash(entry)
        if (index > 0 && seen.has(content)) continue
        seen.add(content)
      }
      taken.add(entry.uid)
      for (const name of groupNames) members.get(name)?.push(entry.uid)
      yield entry
    }
  for (const [name, uids] of members) {
    const uid = stableUid('roundcube-group', address, name)
    yield { kind: 'group', card: groupCard({ uid, name, members: uids }), uid, name, members: uids }
  }
}

interface ContactRow {
  readonly row: Row
  readonly groupNames: readonly string[]
}

async function* contactRows(
  db: RoundcubeDatabase,
  user: RoundcubeUser,
  groups: Groups,
): AsyncGenerator<ContactRow> {
  const columns = ['name', 'email', 'firstname', 'surname'].map(
    (name) => sql`${db.text(name)} as ${sql.ref(name)}`,
  )
  for (let last = -1; ;) {
    const rows = await db.read(
      sql<Row>`select contact_id, ${sql.join(columns)}, length(vcard) as size,
        case when length(vcard) <= ${maxCardBytes} then ${db.text('vcard')} end as vcard
        from ${table(db, 'contacts')} where user_id = ${user.id} and del <> 1 and contact_id > ${last}
        order by contact_id limit ${pageRows}`,
    )
    const ids = rows.map((row) => numberOf(row['contact_id']))
    const groupsOf = await groups.of(ids)
    for (const [index, row] of rows.entries()) yield { row, groupNames: groupsOf.get(ids[index] ?? -1) ?? [] }
    if (rows.length < pageRows) return
    last = ids.at(-1) ?? last
  }
}

function toEntry(
  address: string,
  row: Row,
  groups: readonly string[],
  taken: ReadonlySet<string>,
): Exclude<BookEntry, { kind: 'group' }> {
  const id = textOf(row['contact_id'])
  const name = `contact ${id}`
  if (numberOf(row['size']) > maxCardBytes)
    return {
      kind: 'set-aside',
      name,
      reason: `the stored card has more than ${maxCardBytes / 1024 / 1024} MiB, which no server takes`,
    }
  const stored = storedCard(row)
  const normalised = normaliseCard(stored.card, {
    uid: stableUid('roundcube', address, id),
    taken: (uid) => taken.has(uid),
    categories: groups,
  })
  if (normalised === undefined)
    return { kind: 'set-aside', name, reason: 'there is nothing in it', original: stored.original }
  return {
    kind: 'contact',
    card: normalised.card,
    uid: normalised.uid,
    name: unescapeText(first(normalised.card, 'FN')?.value ?? ''),
    groups,
    repairs: [...stored.repairs, ...normalised.repairs],
    ...(normalised.lossy || stored.lossy ? { original: stored.original } : {}),
  }
}

function contentHash({ card }: ContactEntry): string {
  const properties = card.properties.filter(({ name }) => name !== 'UID')
  return createHash('sha256').update(writeCard({ properties })).digest('base64')
}
