import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startTestbed } from '@iteg/testbed'
import type { MariaDb, Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countAddressBooks, openRoundcube, readAddressBooks, writeAddressBooks } from '../src/index.ts'
import { lostFrom, strictness } from './roundcube-support.ts'

const data = path.join(import.meta.dirname, 'data/roundcube')
let bed: Testbed
let server: MariaDb
let directory: string

beforeAll(async () => {
  bed = await startTestbed({ only: [] })
  server = await bed.mariaDb()
  directory = await mkdtemp(path.join(tmpdir(), 'addressbooks-'))
}, 60_000)
afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
  await bed.stop()
})

async function load(name: string, file: string, change = (dump: string) => dump): Promise<string> {
  return server.load(name, change(await readFile(path.join(data, file), 'utf8')))
}

async function personal(url: string): Promise<string> {
  await using db = await openRoundcube(url)
  const target = path.join(directory, 'anna')
  await writeAddressBooks(await readAddressBooks(db, 'anna@example.org'), target)
  return readFile(path.join(target, 'addressbooks/personal.vcf'), 'utf8')
}

test('everything in Roundcube 1.6’s own export is in ours, from MariaDB', async () => {
  const url = await load('rc16', 'roundcube-1.6.mysql.sql')
  const ours = await personal(url)
  expect(lostFrom(await readFile(path.join(data, 'anna.mysql.vcf'), 'utf8'), ours)).toEqual([])
  expect(strictness(ours)).toEqual([])
  await using db = await openRoundcube(url)
  expect(await countAddressBooks(db, 'anna@example.org')).toEqual({
    contacts: 314,
    groups: 9,
    recipients: 2,
    senders: 1,
    identities: 3,
    responses: 2,
  })
})

test('tables of version 1.0, under a prefix', async () => {
  const url = await load('rc10', 'roundcube-1.0.mysql.sql', (dump) =>
    dump.replaceAll(/`(users|contacts|contactgroups|contactgroupmembers|identities)`/g, '`rc_$1`'),
  )
  const ours = await personal(url)
  expect(lostFrom(await readFile(path.join(data, 'anna.legacy-1.0.vcf'), 'utf8'), ours)).toEqual([])
  expect(await personal(`${url}?prefix=rc_`)).toBe(ours)
  await expect(openRoundcube(`${url}?prefix=other_`)).rejects.toMatchObject({
    code: 'schema',
    message: expect.stringContaining('there is no table other_users'),
  })
})

test('a wrong password, a server that is away, a database that is not Roundcube’s', async () => {
  const url = new URL(await server.load('empty', 'create table t (i int);'))
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
