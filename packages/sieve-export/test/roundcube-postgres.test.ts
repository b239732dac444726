import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startTestbed } from '@iteg/testbed'
import type { PostgreSql, Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countAddressBooks, openRoundcube, readAddressBooks, writeAddressBooks } from '../src/index.ts'
import { decodeBytes } from '../src/vcard/decode-bytes.ts'

const data = path.join(import.meta.dirname, 'data/roundcube')
const sqlite = path.join(data, 'roundcube-1.6.sqlite')
let bed: Testbed
let server: PostgreSql
let directory: string

beforeAll(async () => {
  bed = await startTestbed({ only: [] })
  server = await bed.postgreSql()
  directory = await mkdtemp(path.join(tmpdir(), 'addressbooks-'))
}, 60_000)
afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
  await bed.stop()
})

/** What Roundcube's SQL/postgres.initial.sql declares otherwise than TEXT, by how columns are called. */
function typeOf(column: string, type: string): string {
  if (column === 'created' || column === 'changed' || column === 'last_login')
    return 'timestamp with time zone'
  if (column === 'del' || column === 'standard' || column === 'html_signature' || column === 'type')
    return 'smallint'
  return /int/i.test(type) ? 'integer' : 'text'
}

/** The fixture that Roundcube itself filled, as a dump for PostgreSQL. */
function dump(): string {
  const db = new DatabaseSync(sqlite, { readOnly: true })
  const names = [
    'users',
    'identities',
    'contacts',
    'contactgroups',
    'contactgroupmembers',
    'collected_addresses',
    'responses',
  ]
  const lines = names.flatMap((name) => {
    const columns = db.prepare(`select name, type from pragma_table_info('${name}')`).all()
    if (columns.length === 0) return []
    const types = columns.map((each) => ({
      name: String(each['name']),
      type: typeOf(String(each['name']), String(each['type'])),
    }))
    const rows = db
      .prepare(
        `select ${types
          .map((each) =>
            each.type === 'text' ? `cast("${each.name}" as blob) as "${each.name}"` : `"${each.name}"`,
          )
          .join(', ')} from ${name}`,
      )
      .all()
    return [
      `create table ${name} (${types.map((each) => `"${each.name}" ${each.type}`).join(', ')});`,
      ...rows.map(
        (row) =>
          `insert into ${name} values (${types.map((each) => literal(row[each.name] ?? null)).join(', ')});`,
      ),
    ]
  })
  db.close()
  return lines.join('\n')
}

function literal(value: SQLOutputValue): string {
  if (value === null) return 'null'
  if (typeof value === 'number') return String(value)
  // One of them is Latin-1, which SQLite takes for text and PostgreSQL does not.
  const text = value instanceof Uint8Array ? decodeBytes(value).text : String(value)
  return `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`
}

async function exported(url: string, name: string): Promise<string> {
  await using db = await openRoundcube(url)
  const target = path.join(directory, name)
  await writeAddressBooks(await readAddressBooks(db, 'anna@example.org'), target)
  return readFile(path.join(target, 'addressbooks/personal.vcf'), 'utf8')
}

test('a real PostgreSQL gives the same address book, card by card, as SQLite', async () => {
  const url = await server.load('roundcube', dump())
  const fromPostgres = await exported(url, 'postgres')
  const fromSqlite = await exported(`sqlite:${sqlite}`, 'sqlite')
  expect(fromPostgres.split('BEGIN:VCARD')).toEqual(fromSqlite.split('BEGIN:VCARD'))
  await using db = await openRoundcube(url)
  await using there = await openRoundcube(`sqlite:${sqlite}`)
  expect(await countAddressBooks(db, 'anna@example.org')).toEqual(
    await countAddressBooks(there, 'anna@example.org'),
  )
})

test('a wrong password, a server that is away, a database that is not Roundcube’s', async () => {
  const url = new URL(await server.load('strange', 'create table recipes (name text);'))
  await expect(openRoundcube(url.href)).rejects.toMatchObject({ code: 'schema' })
  const { password } = url
  url.password = 'wrong-secret'
  await expect(openRoundcube(url.href)).rejects.toMatchObject({
    code: 'login',
    message: expect.not.stringContaining('wrong-secret'),
  })
  url.password = password
  url.port = '1'
  await expect(openRoundcube(url.href)).rejects.toMatchObject({ code: 'connect' })
})
