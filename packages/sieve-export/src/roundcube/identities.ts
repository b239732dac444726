import { sql } from 'kysely'
import { numberOf, textOf } from './database.ts'
import type { RoundcubeDatabase, Row } from './database.ts'
import { readPhp } from './php-serialize.ts'
import { table } from './users.ts'
import type { RoundcubeUser } from './users.ts'

/** Who the user writes as. */
export interface Identity {
  /** May be empty. */
  readonly name: string
  readonly email: string
  readonly organization: string
  readonly replyTo: string
  readonly bcc: string
  /** Plain text, or HTML when `isHtml`; empty when there is none. */
  readonly signature: string
  readonly isHtml: boolean
  readonly isDefault: boolean
}

/** A saved answer ("canned response"). */
export interface SavedResponse {
  readonly name: string
  readonly text: string
  readonly isHtml: boolean
}

export async function readIdentities(
  db: RoundcubeDatabase,
  users: readonly RoundcubeUser[],
): Promise<Identity[]> {
  const has = (column: string) => db.tables.columns.get('identities')?.has(column) === true
  const optional = ['organization', 'reply-to', 'bcc', 'html_signature'].filter(has)
  const columns = ['name', 'email', 'signature', 'standard', ...optional].map((column) =>
    column === 'standard' || column === 'html_signature'
      ? sql`${sql.ref(column)}`
      : sql`${db.text(column)} as ${sql.ref(column)}`,
  )
  const identities: Identity[] = []
  for (const { id } of users) {
    const rows = await db.read(
      sql<Row>`select ${sql.join(columns)} from ${table(db, 'identities')}
        where user_id = ${id} and del <> 1 order by standard desc, identity_id`,
    )
    for (const row of rows)
      identities.push({
        name: textOf(row['name']),
        email: textOf(row['email']),
        organization: textOf(row['organization']),
        replyTo: textOf(row['reply-to']),
        bcc: textOf(row['bcc']),
        signature: textOf(row['signature']),
        isHtml: numberOf(row['html_signature']) === 1,
        isDefault: numberOf(row['standard']) === 1 && !identities.some(({ isDefault }) => isDefault),
      })
  }
  return distinct(identities, (identity) => ({ ...identity, isDefault: false }))
}

/** From their table (since 1.6) and from the preferences (before; the update does not move them). */
export async function readResponses(
  db: RoundcubeDatabase,
  users: readonly RoundcubeUser[],
): Promise<SavedResponse[]> {
  const responses: SavedResponse[] = []
  for (const { id } of users) {
    if (db.tables.columns.has('responses')) {
      const rows = await db.read(
        sql<Row>`select ${db.text('name')} as name, ${db.text('data')} as data, is_html
          from ${table(db, 'responses')} where user_id = ${id} and del <> 1 order by response_id`,
      )
      for (const row of rows)
        responses.push({
          name: textOf(row['name']),
          text: textOf(row['data']),
          isHtml: numberOf(row['is_html']) === 1,
        })
    }
    if (db.tables.columns.get('users')?.has('preferences') === true) {
      const [row] = await db.read(
        sql<Row>`select ${db.text('preferences')} as preferences from ${table(db, 'users')} where user_id = ${id}`,
      )
      responses.push(...responsesInPreferences(row?.['preferences']))
    }
  }
  return distinct(responses, (response) => response)
}

function responsesInPreferences(preferences: unknown): SavedResponse[] {
  const bytes = preferences instanceof Uint8Array ? preferences : Buffer.from(textOf(preferences), 'utf8')
  const all = readPhp(bytes)
  const list = all instanceof Map ? all.get('compose_responses') : undefined
  if (!(list instanceof Map)) return []
  return [...list.values()].flatMap((entry) => {
    if (!(entry instanceof Map)) return []
    const [name, text, format] = ['name', 'text', 'format'].map((key) => entry.get(key))
    if (typeof text !== 'string') return []
    return [{ name: typeof name === 'string' ? name : '', text, isHtml: format === 'html' }]
  })
}

/** The first of those that are the same: a person with several logins often has the same twice. */
function distinct<T>(values: readonly T[], essence: (value: T) => unknown): T[] {
  const byEssence = new Map<string, T>()
  for (const value of values) {
    const key = JSON.stringify(essence(value))
    if (!byEssence.has(key)) byEssence.set(key, value)
  }
  return [...byEssence.values()]
}
