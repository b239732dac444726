import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startTestbed, type Testbed } from '@iteg/testbed'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  makePostfixAdminPrimary,
  makePostfixAdminRelay,
  OldServerError,
  type PostfixAdminRelayWanted,
  readPostfixAdmin,
  readPostfixAdminPrimary,
  readPostfixAdminRelay,
} from '../src/index.ts'
import { dump, dumpFor } from './postfixadmin-support.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const TABLES = ['alias', 'alias_domain', 'domain', 'mailbox', 'vacation', 'fetchmail'] as const
const wanted: PostfixAdminRelayWanted = {
  domain: 'example.org',
  aliasDomains: ['old-name.example'],
  recipients: [
    'anna@example.org',
    'bernd@example.org',
    'info@example.org',
    'new-on-mailcow@example.org',
    'anna@old-name.example',
    'somebody@elsewhere.example',
  ],
  nextHop: '[mailcow.example]:25',
}

/** Real rows, whatever the engine. */
interface Tables {
  readonly url: string
  all(): Promise<unknown>
  query(statement: string): Promise<readonly Record<string, unknown>[]>
}

let bed: Testbed
let connection: Connection
const folder = mkdtempSync(path.join(tmpdir(), 'postfixadmin-relay-'))
beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
})
afterAll(async () => {
  await connection.end()
  await bed.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function onMariaDb(): Promise<Tables> {
  const server = await bed.mariaDb()
  const url = await server.own('postfixadmin', dump)
  connection = await createConnection({ uri: url, dateStrings: true })
  const query: Tables['query'] = async (statement) => {
    const [rows] = await connection.query<RowDataPacket[]>(statement)
    return rows
  }
  return { url, query, all: () => allOf(query) }
}

function onSqlite(): Promise<Tables> {
  const file = path.join(folder, 'postfixadmin.sqlite')
  const database = new DatabaseSync(file)
  database.exec(dumpFor('sqlite'))
  const query: Tables['query'] = (statement) =>
    Promise.resolve(
      database
        .prepare(statement)
        .all()
        .map((row) => ({ ...row })),
    )
  return Promise.resolve({ url: `sqlite:${file}`, query, all: () => allOf(query) })
}

async function allOf(query: Tables['query']): Promise<unknown> {
  const tables: Record<string, unknown> = {}
  for (const table of TABLES)
    tables[table] = (await query(`select * from ${table}`)).map((row) => JSON.stringify(row)).toSorted()
  return tables
}

describe.each([
  ['MariaDB', onMariaDb],
  ['SQLite', onSqlite],
])('a domain of PostfixAdmin on %s', (_engine, open) => {
  let tables: Tables
  let before: unknown
  beforeAll(async () => {
    tables = await open()
    before = await tables.all()
  })

  it('is read without being changed', async () => {
    const { changes, problems } = await readPostfixAdminRelay(tables.url, wanted)
    expect(problems).toEqual([])
    expect(changes).toContainEqual({
      table: 'domain',
      key: 'example.org',
      before: { transport: 'virtual' },
      after: { transport: 'relay:[mailcow.example]:25' },
    })
    expect(await tables.all()).toEqual(before)
  })

  it('becomes a relay that accepts whom mailcow accepts, and expands nothing', async () => {
    expect(await makePostfixAdminRelay(tables.url, wanted)).toBe(true)
    const active = await tables.query(
      "select address, goto from alias where active = 1 and domain in ('example.org', 'old-name.example') order by address",
    )
    const expected = wanted.recipients.filter((address) => !address.endsWith('@elsewhere.example'))
    expect(active).toEqual(expected.toSorted().map((address) => ({ address, goto: address })))
    expect(await tables.query("select active from vacation where email = 'info@example.org'")).toEqual([
      { active: 0 },
    ])
    expect(
      await tables.query("select transport from domain where domain in ('example.org', 'old-name.example')"),
    ).toEqual(Array.from({ length: 2 }, () => ({ transport: 'relay:[mailcow.example]:25' })))
    // Nobody else's rows.
    expect(await tables.query("select * from alias where domain = 'example.net' and active = 0")).toEqual([])
    expect(await tables.query("select transport from domain where domain = 'example.net'")).toEqual([
      { transport: 'virtual' },
    ])
  })

  it('is not changed a second time', async () => {
    const relayed = await tables.all()
    expect(await makePostfixAdminRelay(tables.url, wanted)).toBe(false)
    expect(await tables.all()).toEqual(relayed)
  })

  it('follows the list of recipients, and still goes back to what it was before the first change', async () => {
    const fewer = {
      ...wanted,
      recipients: [...wanted.recipients, 'later@example.org'].filter(
        (a) => a !== 'new-on-mailcow@example.org',
      ),
    }
    expect(await makePostfixAdminRelay(tables.url, fewer)).toBe(true)
    expect(
      await tables.query("select active from alias where address = 'new-on-mailcow@example.org'"),
    ).toEqual([{ active: 0 }])
    expect((await readPostfixAdminPrimary(tables.url, 'example.org')).changes.length).toBeGreaterThan(0)
    expect(await makePostfixAdminPrimary(tables.url, 'example.org')).toBe(true)
    expect(await tables.all()).toEqual(before)
    expect(await makePostfixAdminPrimary(tables.url, 'example.org')).toBe(false)
    expect((await readPostfixAdminPrimary(tables.url, 'example.org')).changes).toEqual([])
  })

  it('stays as it is when a mailbox would get mail that mailcow does not know', async () => {
    const without = {
      ...wanted,
      recipients: wanted.recipients.filter((address) => !address.startsWith('anna@')),
    }
    const { problems } = await readPostfixAdminRelay(tables.url, without)
    expect(problems).toEqual([expect.stringContaining('anna@example.org')])
    await expect(makePostfixAdminRelay(tables.url, without)).rejects.toThrow('anna@example.org')
    expect(await tables.all()).toEqual(before)
  })

  it('is not there, and says so', async () => {
    const { problems } = await readPostfixAdminRelay(tables.url, { ...wanted, domain: 'nobody.example' })
    expect(problems).toContain('PostfixAdmin has no domain nobody.example.')
  })

  it('warns of mail that is fetched past Postfix', async () => {
    await tables.query(
      "insert into fetchmail (id, mailbox, src_server, src_user, src_password, src_folder, mda, active) values (1, 'anna@example.org', 'pop.elsewhere.example', 'u', 'secret', '', '', 1), (2, 'bernd@example.org', 'pop.off.example', 'u', 'secret', '', '', 0)",
    )
    const { issues } = await readPostfixAdmin(tables.url)
    const found = issues.filter(({ code }) => code === 'fetched-mail')
    expect(found).toMatchObject([
      {
        domain: 'example.org',
        item: 'anna@example.org',
        severity: 'yellow',
        message: expect.stringContaining('pop.elsewhere.example'),
      },
    ])
    expect(JSON.stringify(issues)).not.toContain('secret')
  })
})

it('rolls everything back when one statement fails, without naming the password', async () => {
  const server = await bed.mariaDb()
  const url = await server.load('postfixadmin_readonly', dump)
  const failure: unknown = await makePostfixAdminRelay(url, wanted).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(OldServerError)
  expect(String(failure)).not.toContain(new URL(url).password)
})
