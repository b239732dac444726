import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startTestbed } from '@iteg/testbed'
import type { Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  importAddressBooks,
  memoryImportState,
  openRoundcube,
  parseCards,
  readAddressBooks,
} from '../src/index.ts'
import type { ImportReport, ImportState, ParsedCard } from '../src/index.ts'

const data = path.join(import.meta.dirname, 'data/roundcube')

interface Server {
  homeOf(user: string): string
  addUser(user: string, password: string): Promise<void>
}

/** SOGo as on mailcow, which is what the import is for, and Radicale, which keeps to the standards. */
const servers: Readonly<Record<string, (bed: Testbed) => Promise<Server>>> = {
  SOGo: async (bed) => {
    await bed.sogo()
    const { url, apiKey } = bed.new.mailcow
    const add = async (route: string, body: unknown): Promise<void> => {
      const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
      await fetch(`${url}/api/v1/add/${route}`, { method: 'POST', headers, body: JSON.stringify(body) })
    }
    const sizes = { defquota: 1, maxquota: 10, quota: 1000, mailboxes: 100 }
    await add('domain', { domain: 'example.org', ...sizes })
    return {
      homeOf: (name) => `${url}/SOGo/dav/${encodeURIComponent(name)}/Contacts/`,
      addUser: (name, password) =>
        add('mailbox', {
          local_part: name.split('@')[0],
          domain: 'example.org',
          name,
          quota: 1,
          password,
          password2: password,
          active: 1,
        }),
    }
  },
  Radicale: (bed) => bed.cardDav(),
}

let bed: Testbed
let dav: Server
let directory: string
let file: string
let user: string
let people = 0
const password = 'pässword-1A'

beforeAll(async () => {
  bed = await startTestbed({ only: ['mailcow'] })
  directory = await mkdtemp(path.join(tmpdir(), 'addressbooks-'))
}, 60_000)
afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
  await bed.stop()
})
beforeEach(async () => {
  people += 1
  user = `anna${people}@example.org`
  file = path.join(directory, `${people}.sqlite`)
  await copyFile(path.join(data, 'roundcube-1.6.sqlite'), file)
  change("delete from contacts where vcard like '%bulk.example%'")
})

function change(statement: string): void {
  const db = new DatabaseSync(file)
  db.exec(statement)
  db.close()
}

async function run(
  state: ImportState,
  options: { readonly password?: string; readonly onBeforeWrite?: () => Promise<void> } = {},
): Promise<ImportReport> {
  await using db = await openRoundcube(`sqlite:${file}`)
  const books = await readAddressBooks(db, 'anna@example.org')
  const server = { home: dav.homeOf(user), user, password: options.password ?? password }
  return await importAddressBooks(books, { server, state, language: 'de', ...options })
}

/** Asks the server as any client would. */
async function ask(method: string, name: string, body?: string, headers = {}): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return fetch(new URL(name, dav.homeOf(user)), {
    method,
    headers: { authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  })
}

interface Listed {
  readonly href: string
  readonly text: string
}

/** What lies in a folder, the folder itself among it. */
async function list(name: string): Promise<readonly Listed[]> {
  const answer = await (await ask('PROPFIND', name, undefined, { depth: '1' })).text()
  return [...answer.matchAll(/<(?:\w+:)?response>(.*?)<\/(?:\w+:)?response>/gs)].map(([, text = '']) => ({
    href: /<(?:\w+:)?href>([^<]+)</.exec(text)?.[1] ?? '',
    text,
  }))
}

async function filesIn(name: string): Promise<readonly string[]> {
  return (await list(name)).flatMap(({ href }) => (href.endsWith('.vcf') ? [path.basename(href)] : []))
}

const etagsIn = async (name: string): Promise<readonly string[]> =>
  (await list(name)).map(({ href, text }) => `${href} ${/getetag>([^<]+)</.exec(text)?.[1] ?? ''}`)

function total(report: ImportReport): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const { fates } of report.books)
    for (const [fate, count] of Object.entries(fates)) if (count > 0) sums[fate] = (sums[fate] ?? 0) + count
  return sums
}

describe.each(Object.entries(servers))('%s', (_name, start) => {
  beforeAll(async () => {
    dav = await start(bed)
  }, 60_000)
  beforeEach(() => dav.addUser(user, password))

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
    const cards: ParsedCard[] = []
    for (const name of await filesIn('personal/'))
      cards.push(...parseCards(await (await ask('GET', `personal/${name}`)).text()))
    expect(cards).toHaveLength(15)
    const names = cards.flatMap(({ properties }) =>
      properties.filter(({ name }) => name === 'FN').map(({ value }) => value),
    )
    expect(names).toContain('Emoji 😀 Grüße')
    expect(names).toContain('Bärbel Grüßner')
    // As any client sees them; SOGo writes such letters as numbers.
    const shown = (await list('')).map(({ text }) => text.replaceAll('&#252;', 'ü'))
    for (const name of ['Familie', 'Verein Süd, e.V.', 'Vertrauenswürdige Absender'])
      expect(shown.filter((text) => text.includes(`displayname>${name}<`))).toHaveLength(1)
  })

  test('a second run writes nothing, with the memory of the first and without it', async () => {
    const state = memoryImportState()
    let announced = 0
    const onBeforeWrite = async (): Promise<void> => {
      announced += 1
    }
    const first = await run(state, { onBeforeWrite })
    expect(announced).toBe(1)
    const written = total(first)['written']
    const before = await etagsIn('personal/')
    expect(total(await run(state, { onBeforeWrite }))).toEqual({ unchanged: written })
    expect(announced).toBe(1)
    // killed before it could write its memory down
    expect(total(await run(memoryImportState()))).toEqual({ unchanged: written })
    expect(await etagsIn('personal/')).toEqual(before)
  })

  test('what changed on the old server follows; what the user changed or deleted has the last word', async () => {
    const state = memoryImportState()
    await run(state)
    const files = await filesIn('personal/')
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
    const href = (await list('')).find(({ text }) => text.includes('>Familie<'))?.href ?? ''
    expect((await ask('DELETE', href)).ok).toBe(true)
    const report = await run(state)
    expect(report.books.filter(({ present }) => !present).map(({ name }) => name)).toEqual(['Familie'])
    expect((await ask('PROPFIND', href, undefined, { depth: '0' })).status).toBe(404)
  })

  test('a card of somebody else under our name is left alone', async () => {
    const state = memoryImportState()
    await run(state)
    const [name = ''] = await filesIn('personal/')
    const ours = await (await ask('GET', `personal/${name}`)).text()
    const theirs = ours.replace(/^FN:.*$/m, 'FN:Anders')
    expect((await ask('PUT', `personal/${name}`, theirs, { 'content-type': 'text/vcard' })).ok).toBe(true)
    const report = await run(memoryImportState())
    expect(report.books[0]?.fates).toMatchObject({ foreign: 1, unchanged: 14 })
    expect(await (await ask('GET', `personal/${name}`)).text()).toContain('FN:Anders')
  })

  test('a wrong password ends it at once, a server that is away after some tries', async () => {
    await expect(run(memoryImportState(), { password: 'falsch' })).rejects.toMatchObject({
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
})
