import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRoundcube, readAddressBooks, writeAddressBooks } from '../src/index.ts'
import { decodeBytes } from '../src/vcard/decode-bytes.ts'
import { parseCards } from '../src/vcard/parse.ts'
import { lostFrom, readCards, strictness } from './roundcube-support.ts'

const data = path.join(import.meta.dirname, 'data/roundcube')
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'addressbooks-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function exported(file: string, mailbox: string) {
  const copy = path.join(directory, file)
  await copyFile(path.join(data, file), copy)
  await using db = await openRoundcube(`sqlite:${copy}`)
  const books = await readAddressBooks(db, mailbox)
  const report = await writeAddressBooks(books, path.join(directory, mailbox), { language: 'de' })
  const read = (name: string) => readFile(path.join(directory, mailbox, name), 'utf8')
  return { books, report, read }
}

test('everything in Roundcube 1.6’s own export is in ours', async () => {
  const { read } = await exported('roundcube-1.6.sqlite', 'anna@example.org')
  const ours = await read('addressbooks/personal.vcf')
  const theirs = decodeBytes(await readFile(path.join(data, 'anna.sqlite.vcf'))).text
  expect([...parseCards(theirs)]).toHaveLength(315)
  expect(lostFrom(theirs, ours)).toEqual([])
  expect(readCards(ours)).toHaveLength(315)
})

test('everything in the export of one group is in ours', async () => {
  const { read } = await exported('roundcube-1.6.sqlite', 'anna@example.org')
  const group = await readFile(path.join(data, 'anna.sqlite.group-verein.vcf'), 'utf8')
  expect(lostFrom(group, await read('addressbooks/personal.vcf'))).toEqual([])
})

test('everything in Roundcube’s export of tables of version 1.0 is in ours', async () => {
  const { read, report } = await exported('roundcube-1.0.sqlite', 'anna@example.org')
  const ours = await read('addressbooks/personal.vcf')
  expect(lostFrom(await readFile(path.join(data, 'anna.legacy-1.0.vcf'), 'utf8'), ours)).toEqual([])
  // and the contacts of the same person under another login
  expect(ours).toContain('FN:Gleicher Mensch anderer Host')
  expect(ours).not.toMatch(/Gelöscht|Fremd/)
  expect(report.books.map(({ contacts }) => contacts)).toEqual([4, 0, 0])
})

test('what is written is strict vCard 3.0', async () => {
  const { read } = await exported('roundcube-1.6.sqlite', 'anna@example.org')
  expect(strictness(await read('addressbooks/personal.vcf'))).toEqual([])
  expect(strictness(await read('addressbooks/personal-groups.vcf'))).toEqual([])
})

test('groups are categories, and cards of their own with living members only', async () => {
  const { read } = await exported('roundcube-1.6.sqlite', 'anna@example.org')
  const groups = readCards(await read('addressbooks/personal-groups.vcf'))
  const members = groups.map((card) => [card.text('fn'), card.all('x-addressbookserver-member').length])
  expect(members).toEqual([
    ['Familie', 2],
    ['Verein Süd, e.V.', 3],
    ['Leer', 0],
    ['Emoji 🎄; Gruppe', 1],
    ['Obst', 1],
    ['Politik', 1],
    ['Land', 1],
    ['Kunden', 300],
    ['Partner', 60],
  ])
})

test('collected recipients and trusted senders are books of their own', async () => {
  const { read, report } = await exported('roundcube-1.6.sqlite', 'anna@example.org')
  expect(report.books.map(({ kind, contacts }) => [kind, contacts])).toEqual([
    ['personal', 315],
    ['recipients', 2],
    ['senders', 1],
  ])
  expect(await read('addressbooks/collected-recipients.vcf')).toContain('FN:Größe\r\nEMAIL:info@example.org')
  expect(await read('addressbooks/trusted-senders.vcf')).toContain('FN:Vertraut Absender')
})

test('identities with signatures, and saved responses', async () => {
  const { books, read } = await exported('roundcube-1.6.sqlite', 'anna@example.org')
  expect(books.identities.map(({ name, isDefault, isHtml }) => [name, isDefault, isHtml])).toEqual([
    ['Anna Ännchen', true, true],
    ['', false, false],
    ['Anna (Vertrieb)', false, false],
  ])
  expect(await read('identities.txt')).toContain('Antwort an: antwort@example.org')
  expect(JSON.parse(await read('identities.json'))[2].signature).toBe('-- \nAnna\nVertrieb 😀')
  expect(books.responses.map(({ name, isHtml }) => [name, isHtml])).toEqual([
    ['Standardantwort', false],
    ['HTML-Antwort', true],
  ])
  const old = await exported('roundcube-1.0.sqlite', 'anna@example.org')
  expect(old.books.responses).toEqual([{ name: 'Standard', text: 'Grüße, Anna\n', isHtml: false }])
})

test('a second run writes the same, and only for the owner', async () => {
  const first = await exported('roundcube-1.6.sqlite', 'anna@example.org')
  const before = await first.read('addressbooks/personal.vcf')
  const second = await exported('roundcube-1.6.sqlite', 'anna@example.org')
  expect(await second.read('addressbooks/personal.vcf')).toBe(before)
  expect([first.report.changed, second.report.changed]).toEqual([true, false])
  await writeFile(path.join(directory, 'anna@example.org/identities.txt'), 'anders')
  expect((await exported('roundcube-1.6.sqlite', 'anna@example.org')).report.changed).toBe(true)
  const folder = path.join(directory, 'anna@example.org')
  expect((await readdir(folder)).toSorted()).toEqual([
    'addressbooks',
    'identities.json',
    'identities.txt',
    'responses.json',
    'responses.txt',
  ])
  const modes = await Promise.all(
    ['.', 'addressbooks', 'addressbooks/personal.vcf', 'identities.json'].map(
      async (name) => (await stat(path.join(folder, name))).mode & 0o777,
    ),
  )
  expect(modes).toEqual([0o700, 0o700, 0o600, 0o600])
})

test('a mailbox that Roundcube does not know has nothing', async () => {
  const { report } = await exported('roundcube-1.6.sqlite', 'niemand@example.org')
  expect(report.files).toEqual([])
})
