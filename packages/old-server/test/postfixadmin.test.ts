import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startTestbed } from '@iteg/testbed'
import { afterAll, expect, test } from 'vitest'
import {
  effectiveRecipients,
  type Inventory,
  OldServerError,
  parseInventory,
  printInventory,
  readPostfixAdmin,
} from '../src/index.ts'
import { dump, dumpFor } from './postfixadmin-support.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'postfixadmin-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
function sqliteWith(...statements: readonly string[]): string {
  const file = path.join(folder, `${(files += 1)}.sqlite`)
  const database = new DatabaseSync(file)
  for (const statement of [dumpFor('sqlite'), ...statements]) database.exec(statement)
  database.close()
  return `sqlite:${file}`
}

async function failure(url: string, signal?: AbortSignal): Promise<unknown> {
  return readPostfixAdmin(url, signal === undefined ? {} : { signal }).catch((error: unknown) => error)
}

const wanted = `domains:
  - domain: example.net
    mailboxes:
      - address: carla@example.net
        name: Carla Größe
        quotaBytes: 512000000
    aliases:
      - address: "@example.net"
        targets:
          - carla@example.net
  - domain: example.org
    mailboxes:
      - address: anna@example.org
        name: Name anna
        quotaBytes: 102400000
      - address: bernd@example.org
        name: Name bernd
        quotaBytes: 102400000
      - address: inaktiv@example.org
        name: Name inaktiv
        quotaBytes: 102400000
        active: false
      - address: info@example.org
        name: Name info
        quotaBytes: 102400000
    aliases:
      - address: anna@example.org
        targets:
          - anna@example.org
          - anna@privat.example
      - address: bernd@example.org
        targets:
          - bernd@privat.example
      - address: fwd@example.org
        targets:
          - someone@elsewhere.example
      - address: info@example.org
        targets:
          - info@example.org
          - info#example.org@autoreply.example.org
      - address: nested@example.org
        targets:
          - sales@example.org
          - fwd@example.org
      - address: sales@example.org
        targets:
          - anna@example.org
          - bernd@example.org
    aliasDomains:
      - old-name.example
`

function expectWhatIsThere(inventory: Inventory): void {
  expect(printInventory(inventory, { format: 'yaml' })).toBe(wanted)
  expect(inventory.issues.map(({ code, severity, domain, item }) => [code, severity, domain, item])).toEqual([
    ['placeholder', 'info', 'example.org', 'abuse@example.org'],
    ['placeholder', 'info', 'example.org', 'postmaster@example.org'],
  ])
  expect(JSON.stringify(inventory)).not.toContain('$1$')
  const verdicts = effectiveRecipients(inventory, 'example.org')
  expect(Object.fromEntries(verdicts.map((verdict) => [verdict.address, verdict.verdict]))).toEqual({
    'anna@example.org': 'mailbox+copy',
    'bernd@example.org': 'mailbox-forwards-only',
    'fwd@example.org': 'alias',
    'inaktiv@example.org': 'mailbox',
    'info@example.org': 'mailbox',
    'nested@example.org': 'alias',
    'sales@example.org': 'alias',
  })
}

test('a real MariaDB, read by a user who may only read', async () => {
  await using bed = await startTestbed({ only: [] })
  const server = await bed.mariaDb()
  const url = await server.load('postfixadmin', dump)
  expectWhatIsThere(await readPostfixAdmin(url))

  // Another one with a prefix, and nothing in it that is ours.
  const prefixed = dump.replaceAll(/(TABLE(?: IF EXISTS)?|INTO|TABLES|REFERENCES) `(\w+)`/gu, '$1 `pfa_$2`')
  const other = await server.load('with_prefix', prefixed)
  expect(printInventory(await readPostfixAdmin(`${other}?prefix=pfa_`), { format: 'yaml' })).toBe(wanted)
  expect(await failure(other)).toMatchObject({
    code: 'database_schema',
    message: expect.stringContaining('the table domain, the table mailbox, the table alias are missing'),
  })

  const { username, password, port } = new URL(url)
  const wrongPassword = `mysql://${username}:Nein-So-Nicht@127.0.0.1:${port}/postfixadmin`
  for (const [bad, code] of [
    [wrongPassword, 'database_login'],
    [`mysql://${username}:${password}@127.0.0.1:${port}/mysql`, 'database_login'],
  ]) {
    const error = await failure(bad ?? '')
    expect(error).toMatchObject({ code })
    expectNoSecret(error, ['Nein-So-Nicht', password])
  }
  await server.stop()
  const gone = await failure(url)
  expect(gone).toMatchObject({
    code: 'database_unreachable',
    message: expect.stringContaining('ECONNREFUSED'),
  })
  expectNoSecret(gone, [password])
}, 60_000)

test('a real PostgreSQL, with its booleans, read by a user who may only read', async () => {
  await using bed = await startTestbed({ only: [] })
  const server = await bed.postgreSql()
  const url = await server.load('postfixadmin', dumpFor('postgres'))
  expectWhatIsThere(await readPostfixAdmin(url))
  expect(await failure(`${url}?prefix=x_`)).toMatchObject({ code: 'database_schema' })

  // The tables of another database are hidden from this user.
  const other = await server.load('other', 'create table domain (name text);')
  expect(await failure(other)).toMatchObject({
    code: 'database_schema',
    message: expect.stringContaining('the column domain.domain'),
  })
  const { username, password, port } = new URL(url)
  for (const [bad, code] of [
    [`postgres://${username}:Nein-So-Nicht@127.0.0.1:${port}/postfixadmin`, 'database_login'],
    [`postgres://${username}:${password}@127.0.0.1:${port}/no_such_database`, 'database_schema'],
  ]) {
    const error = await failure(bad ?? '')
    expect(error).toMatchObject({ code })
    expectNoSecret(error, ['Nein-So-Nicht', password])
  }
  await server.stop()
  const gone = await failure(url)
  expect(gone).toMatchObject({ code: 'database_unreachable' })
  expectNoSecret(gone, [password])
}, 60_000)

test('SQLite gives the same', async () => {
  const inventory = await readPostfixAdmin(sqliteWith())
  expectWhatIsThere(inventory)
  expect(parseInventory(wanted, { format: 'yaml' }).domains).toHaveLength(inventory.domains.length)
})

test('limits that are none, and a quota that is no number', async () => {
  const inventory = await readPostfixAdmin(
    sqliteWith(
      `update mailbox set quota = 0 where username like 'anna@%'`,
      `update mailbox set quota = -1 where username like 'bernd@%'`,
      `update mailbox set quota = 9223372036854775807 where username like 'info@%'`,
    ),
  )
  const quotas = inventory.domains.flatMap(({ mailboxes }) => mailboxes.map((box) => box.quotaBytes))
  expect(quotas).toEqual([512_000_000, null, null, 102_400_000, undefined])
  expect(inventory.issues).toContainEqual(
    expect.objectContaining({ code: 'row-unreadable', severity: 'red', item: 'info@example.org' }),
  )
})

test('a mailbox without a row of its own in the alias table is swallowed by the catch-all', async () => {
  const url = sqliteWith(`delete from alias where address = 'carla@example.net'`)
  const inventory = await readPostfixAdmin(url)
  const carla = inventory.domains[0]?.mailboxes[0]
  expect(carla).toMatchObject({ address: 'carla@example.net', ownAddress: false })
})

test('switched off: domains, aliases, alias domains, admins', async () => {
  const inventory = await readPostfixAdmin(
    sqliteWith(
      `update domain set active = 0 where domain = 'example.net'`,
      `update alias set active = 0 where address = 'fwd@example.org'`,
      `update alias_domain set active = 0`,
      `insert into domain_admins (username, domain, active, id) values ('chef@example.org', 'example.org', 1, 1),
         ('weg@example.org', 'example.org', 0, 2), ('root@example.org', 'ALL', 1, 3)`,
    ),
  )
  const [net, org] = inventory.domains
  expect(net?.active).toBe(false)
  expect(org?.addresses.find((row) => row.address === 'fwd@example.org')?.active).toBe(false)
  expect(org).toMatchObject({
    aliasDomains: [],
    inactiveAliasDomains: ['old-name.example'],
    domainAdmins: [{ username: 'chef@example.org' }],
  })
})

test('alias domains that are more than that stay domains, and somebody is told', async () => {
  const inventory = await readPostfixAdmin(
    sqliteWith(
      `insert into domain (domain, description, transport) values ('chain.example', '', ''), ('self.example', '', ''),
         ('lost.example', '', ''), ('full.example', '', '')`,
      `insert into mailbox (username, password, name, maildir, local_part, domain)
         values ('eva@full.example', 'x', '', '', 'eva', 'full.example')`,
      `insert into alias_domain (alias_domain, target_domain) values ('chain.example', 'old-name.example'),
         ('self.example', 'self.example'), ('lost.example', 'backup.example'), ('full.example', 'example.org')`,
    ),
  )
  const doubtful = ['chain.example', 'full.example', 'lost.example', 'self.example']
  expect(inventory.domains.map(({ domain }) => domain)).toEqual(expect.arrayContaining(doubtful))
  const issues = inventory.issues.filter((issue) => issue.code === 'alias-domain-doubtful')
  expect(issues.map((issue) => `${issue.domain} ${issue.severity}`).toSorted()).toEqual(
    doubtful.map((domain) => `${domain} red`),
  )
})

test('hostile rows cost nobody else his mailbox', async () => {
  const inventory = await readPostfixAdmin(
    sqliteWith(
      `insert into domain (domain, description, transport) values ('../etc', '', ''), ('ALL', '', '')`,
      `insert into mailbox (username, password, name, maildir, local_part, domain) values
         ('a b@example.org', '', '', '', '', ''), ('ANNA@example.org', '', 'Zweite', '', '', ''),
         ('nul' || char(10) || 'x@example.org', '', '', '', '', ''), ('stray@nowhere.example', '', '', '', '', '')`,
      `update mailbox set name = 'B' || char(27) || '[2J' || char(13) || char(10) || 'x' where username like 'bernd@%'`,
      `insert into alias (address, goto, domain) values ('odd@example.org', 'ok@far.example, <script>, "', ''),
         ('long@example.org', replace(hex(zeroblob(40000)), '00', 'a,'), ''), ('none@example.org', '', '')`,
    ),
  )
  const [, org] = inventory.domains
  expect(inventory.domains.map(({ domain }) => domain)).toEqual(['example.net', 'example.org'])
  expect(org?.mailboxes.map((box) => [box.address, box.name])).toEqual([
    ['anna@example.org', 'Zweite'],
    ['bernd@example.org', 'B [2J x'],
    ['inaktiv@example.org', 'Name inaktiv'],
    ['info@example.org', 'Name info'],
  ])
  const odd = org?.addresses.find((row) => row.address === 'odd@example.org')
  expect(odd?.targets).toEqual([{ kind: 'external', address: 'ok@far.example' }])
  const red = inventory.issues.filter((issue) => issue.severity === 'red')
  expect(red.map((issue) => issue.item ?? issue.domain).toSorted()).toEqual([
    '../etc',
    'a b@example.org',
    'anna@example.org',
    'long@example.org',
    'nul?x@example.org',
    'odd@example.org',
  ])
  for (const issue of red) expect(issue.message).toMatch(/^[^\p{Cc}]{10,400}\.$/u)
})

test.each([
  ['not a URL at all', 'database_url'],
  ['ftp://u:geheim@host/db', 'database_url'],
  ['mysql://u:geheim@host', 'database_url'],
  ['mysql://u:geheim@host/db?ssl=true', 'database_url'],
  ['mysql://u:geheim@host/db?tls=yes', 'database_url'],
  ['mysql://u:geheim@host/db?prefix=a%60b', 'database_url'],
  ['mysql://u:geheim@127.0.0.1:1/db', 'database_unreachable'],
  ['postgres://u:geheim@127.0.0.1:1/db', 'database_unreachable'],
  ['sqlite:/nowhere/at/all.sqlite', 'database_unreachable'],
  [`sqlite:${folder}`, 'database_unreachable'],
])('%s is refused in one sentence', async (url, code) => {
  const error = await failure(url)
  expect(error).toBeInstanceOf(OldServerError)
  expect(error).toMatchObject({ code, message: expect.stringMatching(/^[^\n]{20,300}[^.\n]$/u) })
  expectNoSecret(error, ['geheim'])
})

test('files that are no database, or another one', async () => {
  const text = path.join(folder, 'text.sqlite')
  writeFileSync(text, 'domains: []\n'.repeat(100))
  expect(await failure(`sqlite:${text}`)).toMatchObject({
    code: 'database_schema',
    message: `PostfixAdmin's database ${text}: the file is no SQLite database`,
  })
  const other = path.join(folder, 'other.sqlite')
  const database = new DatabaseSync(other)
  database.exec(`create table domain (name text); create table mailbox (username, name, quota, active)`)
  database.close()
  expect(await failure(`sqlite:${other}`)).toMatchObject({
    code: 'database_schema',
    message: expect.stringContaining(
      'the column domain.domain, the column domain.backupmx, the column domain.active, the table alias are missing',
    ),
  })
})

test.each(['mysql', 'postgres'])('%s: who calls off does not wait for a silent server', async (kind) => {
  const silent = createServer()
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  const address = silent.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const controller = new AbortController()
  const connected = once(silent, 'connection')
  const reading = failure(`${kind}://u:geheim@127.0.0.1:${port}/db`, controller.signal)
  const [socket]: Socket[] = await connected
  const cut = once(socket ?? silent, 'close')
  controller.abort(new Error('called off'))
  expect(await reading).toMatchObject({ message: 'called off' })
  socket?.resume()
  await cut
  silent.close()
})

function expectNoSecret(error: unknown, secrets: readonly string[]): void {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    for (const secret of secrets) {
      expect(`${cause.message} ${cause.stack} ${JSON.stringify(cause)}`).not.toContain(secret)
    }
}
