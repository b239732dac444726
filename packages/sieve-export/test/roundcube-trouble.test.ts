import { chmod, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRoundcube, readAddressBooks, writeAddressBooks } from '../src/index.ts'
import { readCards, strictness } from './roundcube-support.ts'

const data = path.join(import.meta.dirname, 'data/roundcube')
let directory: string
let file: string

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'addressbooks-'))
  file = path.join(directory, 'roundcube.sqlite')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** A database with a user and contacts; each is the card, or the columns. */
function fill(cards: Iterable<Uint8Array | string>): void {
  const db = new DatabaseSync(file)
  db.exec(`create table users (user_id integer primary key, username text, mail_host text, preferences text);
    create table contacts (contact_id integer primary key, user_id integer, del integer default 0, name text default '',
      email text default '', firstname text default '', surname text default '', vcard text);
    create table contactgroups (contactgroup_id integer primary key, user_id integer, del integer, name text);
    create table contactgroupmembers (contactgroup_id integer, contact_id integer);
    create table identities (identity_id integer primary key, user_id integer, del integer, standard integer, name text,
      email text, signature text);
    insert into users values (1, 'anna@example.org', 'localhost', null);
    begin`)
  const insert = db.prepare('insert into contacts (user_id, vcard) values (1, cast(? as text))')
  for (const card of cards) insert.run(typeof card === 'string' ? Buffer.from(card) : card)
  db.exec('commit')
  db.close()
}

async function written() {
  await using db = await openRoundcube(`sqlite:${file}`)
  const report = await writeAddressBooks(await readAddressBooks(db, 'anna@example.org'), directory)
  const read = (name: string) => readFile(path.join(directory, 'addressbooks', name), 'utf8')
  return { report, personal: report.books[0], read }
}

const card = (...lines: string[]) => ['BEGIN:VCARD', 'VERSION:3.0', ...lines, 'END:VCARD'].join('\r\n')

test('a file that is missing, no database, or another one: a sentence each', async () => {
  await expect(openRoundcube(`sqlite:${file}`)).rejects.toMatchObject({
    code: 'connect',
    message: `Roundcube's database ${file} could not be opened: no such file.`,
  })
  await writeFile(file, 'this is no database, and long enough to be looked at. '.repeat(30))
  await expect(openRoundcube(`sqlite:${file}`)).rejects.toMatchObject({
    code: 'connect',
    message: expect.stringContaining('file is not a database'),
  })
  await rm(file)
  const db = new DatabaseSync(file)
  db.exec('create table users (id integer); create table posts (id integer)')
  db.close()
  await expect(openRoundcube(`sqlite:${file}`)).rejects.toMatchObject({
    code: 'schema',
    message: "This is not Roundcube's database: there is no table contacts (2 tables, posts, users).",
  })
})

test.each(['http://x/y', 'mysql://host', 'roundcube', 'mysql://u:geheim@h/db?prefix=;drop'])(
  'the URL %s is refused, and not repeated',
  async (url) => {
    await expect(openRoundcube(url)).rejects.toMatchObject({
      code: 'usage',
      message: expect.not.stringContaining('geheim'),
    })
  },
)

test('a database in WAL mode on a disk that cannot be written', async () => {
  await copyFile(path.join(data, 'roundcube-1.6.sqlite'), file)
  await chmod(file, 0o400)
  await chmod(directory, 0o500)
  await using db = await openRoundcube(`sqlite:${file}`)
  const { books } = await readAddressBooks(db, 'anna@example.org')
  const first = await books[0]?.entries().next()
  expect(first?.value?.name).toBe('Jürgen Müller-Lüdenscheidt Wilhelm Dr. jun.')
  await chmod(directory, 0o700)
})

test('broken cards are mended or set aside, each with its reason, and the rest goes on', async () => {
  fill([
    card('FN:Gut', 'EMAIL:gut@example.org'),
    'kein vCard',
    card('N:;;;;', 'FN:'),
    Buffer.from(card('FN:B\xe4rbel'), 'latin1'),
    card('N:;;;;', 'FN:', 'EMAIL:namenlos@example.org'),
    'BEGIN:VCARD\nFN:Abgeschnitten',
    card('FN:Doppelte UID', 'UID:eins'),
    card('FN:Doppelte UID 2', 'UID:eins'),
    card(`FN:Riesig`, `NOTE:${'x'.repeat(5 * 1024 * 1024)}`),
    card('FN:Mit Fehler', 'ohne Doppelpunkt'),
    card('N:;;;;', 'FN:', 'TEL;TYPE=cell:+43 660 1234567'),
  ])
  const { personal, read } = await written()
  const ours = await read('personal.vcf')
  expect(readCards(ours).map((one) => one.text('fn'))).toEqual([
    'Gut',
    'Bärbel',
    'namenlos@example.org',
    'Abgeschnitten',
    'Doppelte UID',
    'Doppelte UID 2',
    'Mit Fehler',
    '+43 660 1234567',
  ])
  expect(strictness(ours)).toEqual([])
  expect(personal?.setAside).toEqual([
    { name: 'contact 2', reason: 'there is nothing in it' },
    { name: 'contact 3', reason: 'there is nothing in it' },
    { name: 'contact 9', reason: 'the stored card has more than 4 MiB, which no server takes' },
  ])
  expect(personal?.repaired).toEqual([
    { name: 'Bärbel', repairs: ['bytes that are not UTF-8 were read as Latin-1 (windows-1252)'] },
    { name: 'Abgeschnitten', repairs: ['END:VCARD was missing'] },
    { name: 'Mit Fehler', repairs: ['line 4 is not "NAME:value"'] },
  ])
  // what is not, or not wholly, in the book is kept as it was
  const aside = (await read('set-aside.jsonl')).trimEnd().split('\n')
  expect(aside.map((line) => JSON.parse(line)).map(({ name, original }) => [name, original])).toEqual([
    ['contact 2', 'kein vCard'],
    ['contact 3', card('N:;;;;', 'FN:')],
    ['contact 9', null],
    ['Mit Fehler', card('FN:Mit Fehler', 'ohne Doppelpunkt')],
  ])
})

test('a run that is stopped leaves the earlier files as they were', async () => {
  fill([card('FN:Gut')])
  await written()
  await using db = await openRoundcube(`sqlite:${file}`)
  const books = await readAddressBooks(db, 'anna@example.org')
  const signal = AbortSignal.abort()
  await expect(writeAddressBooks(books, directory, { signal })).rejects.toThrow('aborted')
  expect(await readFile(path.join(directory, 'addressbooks/personal.vcf'), 'utf8')).toContain('FN:Gut')
  await expect(stat(path.join(directory, 'addressbooks.new'))).rejects.toThrow('ENOENT')
})
