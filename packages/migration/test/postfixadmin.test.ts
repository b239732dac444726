import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { accept, type Config, provision, Secret, ServerError, survey, UsageError } from '../src/index.ts'
import { type Bed, startBed } from './support/bed.ts'

const folder = mkdtempSync(join(tmpdir(), 'mailmove-postfixadmin-'))
const file = join(folder, 'postfixadmin.sqlite')
let bed: Bed

beforeAll(async () => {
  const database = new DatabaseSync(file)
  database.exec(`
    create table domain (domain, backupmx, active);
    create table mailbox (username, password, name, quota, active);
    create table alias (address, goto, active);
    insert into domain values ('pfa.example', 0, 1);
    insert into mailbox values ('anna@pfa.example', 'hash', 'Anna', 102400000, 1);
    insert into alias values ('anna@pfa.example', 'anna@pfa.example,anna@far.example', 1),
      ('info@pfa.example', 'anna@pfa.example', 1), ('abuse@pfa.example', 'abuse@change-this-to-your.domain.tld', 1),
      ('a b@pfa.example', 'anna@pfa.example', 1);
  `)
  database.close()
  bed = await startBed({ domains: [] })
  await bed.testbed.addOldMailbox('anna@pfa.example')
})
afterAll(async () => {
  await bed[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const from =
  (url: string) =>
  (config: Config): Config => ({
    ...config,
    old: {
      ...config.old,
      inventory: [{ kind: 'postfixadmin', url: new Secret('${OLD_DB_URL}', () => url) }],
    },
  })

it('moves what the database of PostfixAdmin says', async () => {
  await using opened = await bed.migration({ change: from(`sqlite:${file}`) })
  const { migration } = opened
  const report = await survey(migration, ['pfa.example'])
  const codes = report.domains[0]?.findings.map((finding) => `${finding.severity} ${finding.code}`)
  expect(codes).toEqual(
    expect.arrayContaining(['red inventory-row', 'info alias-placeholder', 'info forward-of-mailbox']),
  )
  await accept(migration, {
    domain: 'pfa.example',
    code: 'inventory-row',
    item: 'a b@pfa.example',
    reason: 'nobody has such an address',
  })
  const provisioned = await provision(migration, ['pfa.example'])
  expect(provisioned).toMatchObject({ ok: true, domains: [{ outcome: 'done' }] })
  const { mailcow } = bed.testbed.new
  expect(mailcow.state.mailboxes.map((mailbox) => mailbox.username)).toEqual(['anna@pfa.example'])
})

async function failed(url: string): Promise<unknown> {
  await using opened = await bed.migration({ change: from(url) })
  return survey(opened.migration, []).catch((error: unknown) => error)
}

it('tells what the admin corrects here from a database that cannot be reached', async () => {
  const gone = await failed('mysql://reader:geheim-1@127.0.0.1:1/postfixadmin')
  expect(gone).toBeInstanceOf(ServerError)
  expect(gone).toMatchObject({
    server: 'old.inventory',
    message: expect.stringMatching(/ECONNREFUSED.*\.$/u),
  })
  const wrong = await failed('mysql://reader:geheim-1@127.0.0.1:1')
  expect(wrong).toBeInstanceOf(UsageError)
  for (const error of [gone, wrong]) expect(String(error)).not.toContain('geheim-1')
})
