import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startTestbed } from '@iteg/testbed'
import type { CardDavServer, Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  importAddressBooks,
  memoryImportState,
  openRoundcube,
  parseCards,
  readAddressBooks,
} from '../src/index.ts'
import type { ImportReport, ImportState } from '../src/index.ts'

const data = path.join(import.meta.dirname, 'data/roundcube')
let bed: Testbed
let dav: CardDavServer
let directory: string
let file: string
let user: string
let people = 0

beforeAll(async () => {
  bed = await startTestbed({ only: [] })
  dav = await bed.cardDav()
  directory = await mkdtemp(path.join(tmpdir(), 'addressbooks-'))
}, 60_000)
afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
  await bed.stop()
})
beforeEach(async () => {
  people += 1
  user = `anna${people}@example.org`
  await dav.addUser(user, 'pässword')
  file = path.join(directory, `${people}.sqlite`)
  await copyFile(path.join(data, 'roundcube-1.6.sqlite'), file)
  change("delete from contacts where vcard like '%bulk.example%'")
})

function change(statement: string): void {
  const db = new DatabaseSync(file)
  db.exec(statement)
  db.close()
}

async function run(state: ImportState, password = 'pässword'): Promise<ImportReport> {
  await using db = await openRoundcube(`sqlite:${file}`)
  const books = await readAddressBooks(db, 'anna@example.org')
  const server = { home: dav.homeOf(user), user, password }
  return await importAddressBooks(books, { server, state, language: 'de' })
}

/** Asks the server as any client would. */
async function ask(method: string, name: string, body?: string, headers = {}): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${user}:pässword`).toString('base64')}`
  return fetch(new URL(name, dav.homeOf(user)), {
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

function total(report: ImportReport): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { fates } of report.books)
    for (const [fate, count] of Object.entries(fates)) if (count > 0) sums[fate] = (sums[fate] ?? 0) + count
  return sums
}

test('every contact arrives, in the personal book, in books of groups, and in those of collected addresses', async () => {
  const report = await run(memoryImportState())
  expect(report.books.map(({ name, fates }) => [name, fates.written])).toEqual([
    ['Persönliches Adressbuch', 15],
    ['Familie', 2],
    ['Verein Süd, e.V.', 3],
    ['Emoji 🎄; Gruppe', 1],
    ['Obst', 1],
    ['Politik', 1],
    ['Land', 1],
    ['Gesammelte Empfänger', 2],
    ['Vertrauenswürdige Absender', 1],
  ])
  const cards = [...parseCards(await (await ask('GET', 'personal/')).text())]
  expect(cards).toHaveLength(15)
  const names = cards.flatMap(({ properties }) =>
    properties.filter(({ name }) => name === 'FN').map(({ value }) => value),
  )
  expect(names).toContain('Emoji 😀 Grüße')
  expect(names).toContain('Bärbel Grüßner')
  const listed = await (await ask('PROPFIND', '', undefined, { depth: '1' })).text()
  expect(listed).toContain('Verein Süd, e.V.')
})

test('a second run writes nothing, with the memory of the first and without it', async () => {
  const state = memoryImportState()
  const first = await run(state)
  const written = total(first)['written']
  const before = await (await ask('PROPFIND', 'personal/', undefined, { depth: '1' })).text()
  expect(total(await run(state))).toEqual({ unchanged: written })
  // killed before it could write its memory down
  expect(total(await run(memoryImportState()))).toEqual({ unchanged: written })
  expect(await (await ask('PROPFIND', 'personal/', undefined, { depth: '1' })).text()).toBe(before)
})

test('what changed on the old server follows; what the user changed or deleted has the last word', async () => {
  const state = memoryImportState()
  await run(state)
  const listed = await (await ask('PROPFIND', 'personal/', undefined, { depth: '1' })).text()
  const files = [...listed.matchAll(/personal\/([^<]+\.vcf)/g)].map(([, name = '']) => name)
  const cards = new Map<string, string>()
  for (const name of files) cards.set(name, await (await ask('GET', `personal/${name}`)).text())
  const named = (fn: string) => [...cards].find(([, card]) => card.includes(`FN:${fn}`)) ?? ['', '']
  const [changedFile, changedCard] = named('Doppelt Eins')
  await ask('PUT', `personal/${changedFile}`, changedCard.replace('FN:Doppelt Eins', 'FN:Von mir'), {
    'content-type': 'text/vcard',
  })
  const [deletedFile] = named('Doppelt Zwei')
  await ask('DELETE', `personal/${deletedFile}`)
  change(
    "update contacts set vcard = replace(vcard, 'END:VCARD', 'NOTE:neu' || char(13) || char(10) || 'END:VCARD') where email in ('dup@example.com', 'petra@example.com')",
  )
  const report = await run(state)
  expect(report.books[0]?.fates).toMatchObject({
    written: 0,
    updated: 1,
    changedThere: 1,
    deletedThere: 1,
    unchanged: 12,
  })
  expect(report.books[0]?.notes).toEqual([{ name: 'Doppelt Eins', fate: 'changedThere' }])
  const mine = await (await ask('GET', `personal/${changedFile}`)).text()
  expect(mine).toContain('FN:Von mir')
  expect(mine).not.toContain('NOTE:neu')
  expect((await ask('GET', `personal/${deletedFile}`)).status).toBe(404)
  const [petra] = named('Petra Photo')
  expect(await (await ask('GET', `personal/${petra}`)).text()).toContain('NOTE:neu')
})

test('a book that the user removed stays removed', async () => {
  const state = memoryImportState()
  await run(state)
  const listed = await (await ask('PROPFIND', '', undefined, { depth: '1' })).text()
  const family = listed.split('<response>').find((book) => book.includes('>Familie<')) ?? ''
  const [, href = ''] = /<href>([^<]+)<\/href>/.exec(family) ?? []
  expect((await ask('DELETE', href)).ok).toBe(true)
  const report = await run(state)
  expect(report.books.filter(({ present }) => !present).map(({ name }) => name)).toEqual(['Familie'])
  expect((await ask('PROPFIND', href, undefined, { depth: '0' })).status).toBe(404)
})

test('a card of somebody else under our name is left alone', async () => {
  const state = memoryImportState()
  await run(state)
  const listed = await (await ask('PROPFIND', 'personal/', undefined, { depth: '1' })).text()
  const [, name = ''] = /personal\/([^<]+\.vcf)/.exec(listed) ?? []
  const ours = await (await ask('GET', `personal/${name}`)).text()
  const theirs = ours.replace(/^FN:.*$/m, 'FN:Anders')
  expect((await ask('PUT', `personal/${name}`, theirs, { 'content-type': 'text/vcard' })).ok).toBe(true)
  const report = await run(memoryImportState())
  expect(report.books[0]?.fates).toMatchObject({ foreign: 1, unchanged: 14 })
  expect(await (await ask('GET', `personal/${name}`)).text()).toContain('FN:Anders')
})

test('a wrong password ends it at once, a server that is away after some tries', async () => {
  await expect(run(memoryImportState(), 'falsch')).rejects.toMatchObject({
    code: 'login',
    message: expect.not.stringContaining('falsch'),
  })
  await using db = await openRoundcube(`sqlite:${file}`)
  const books = await readAddressBooks(db, 'anna@example.org')
  const server = { home: 'http://127.0.0.1:1/', user, password: 'x' }
  await expect(importAddressBooks(books, { server, state: memoryImportState() })).rejects.toMatchObject({
    code: 'connect',
    retryable: true,
  })
}, 20_000)
