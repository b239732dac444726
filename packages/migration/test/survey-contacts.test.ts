import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Config, Secret, survey } from '../src/index.ts'
import { type Bed, startBed } from './support/bed.ts'

const data = path.join(import.meta.dirname, '../../sieve-export/test/data/roundcube')
let bed: Bed

beforeAll(async () => {
  bed = await startBed({
    domains: [
      {
        domain: 'example.org',
        mailboxes: [{ address: 'anna@example.org' }, { address: 'nobody@example.org' }],
      },
    ],
  })
})
afterAll(() => bed[Symbol.asyncDispose]())

async function surveyed(url: string) {
  const change = (config: Config): Config => ({
    ...config,
    old: { ...config.old, addressBooks: { kind: 'roundcube', url: new Secret('URL', () => url) } },
  })
  await using opened = await bed.migration({ change })
  const [domain] = (await survey(opened.migration, ['example.org'])).domains
  if (domain === undefined) throw new Error('the domain is not in the report')
  return domain
}

it('counts books and contacts of each mailbox and of the domain, from SQLite and from MariaDB', async () => {
  const maria = await bed.testbed.mariaDb()
  const dump = await readFile(path.join(data, 'roundcube-1.6.mysql.sql'), 'utf8')
  const expected = { books: 3, groups: 9, collected: 3 }
  for (const [url, contacts] of [
    [`sqlite:${path.join(data, 'roundcube-1.6.sqlite')}`, 315],
    [await maria.load('roundcube', dump), 314],
  ] as const) {
    const { mailboxes, totals, findings } = await surveyed(url)
    expect(mailboxes.map(({ addressBooks }) => addressBooks)).toEqual([
      { ...expected, contacts },
      { books: 0, contacts: 0, groups: 0, collected: 0 },
    ])
    expect(totals).toMatchObject({ addressBooks: 3, contacts: contacts + 3 })
    expect(findings.filter(({ code }) => code === 'address-books-unread')).toEqual([])
  }
}, 60_000)

it('says once for the domain that the database cannot be read, in yellow and without its password', async () => {
  const { mailboxes, findings } = await surveyed('mysql://reader:geheim@127.0.0.1:1/roundcube')
  expect(mailboxes.map(({ addressBooks }) => addressBooks)).toEqual([undefined, undefined])
  const unread = findings.filter(({ code }) => code === 'address-books-unread')
  expect(unread).toMatchObject([{ severity: 'yellow', domain: 'example.org' }])
  expect(unread[0]?.item).toBeUndefined()
  expect(JSON.stringify(findings)).not.toContain('geheim')
})
