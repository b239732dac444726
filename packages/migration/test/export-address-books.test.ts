import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Secret } from '../src/config/secret.ts'
import { AddressBookSource } from '../src/stages/exporting/address-books.ts'
import { ExportFolder } from '../src/stages/exporting/export-folder.ts'
import {
  addressBookFindings,
  type ExportedSoFar,
  withAddressBooks,
} from '../src/stages/exporting/with-address-books.ts'

const data = path.join(import.meta.dirname, '../../sieve-export/test/data/roundcube')
const anna: ExportedSoFar = { mailbox: 'anna@example.org', language: 'de', outcome: 'unchanged' }
let directory: string
let root: ExportFolder

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'export-'))
  root = await ExportFolder.root(path.join(directory, 'out'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function roundcube(): Promise<AddressBookSource> {
  const file = path.join(directory, 'roundcube.sqlite')
  await copyFile(path.join(data, 'roundcube-1.6.sqlite'), file)
  return sourceAt(`sqlite:${file}`)
}

function sourceAt(url: string): AddressBookSource {
  return new AddressBookSource({ kind: 'roundcube', url: new Secret('${ROUNDCUBE_DB_URL}', () => url) })
}

it('exports contacts, senders and saved responses below the folder of the mailbox', async () => {
  await using source = await roundcube()
  const first = await withAddressBooks(anna, source, root, undefined)
  expect(first.outcome).toBe('done')
  expect(first.addressBooks).toMatchObject({
    books: [
      { kind: 'personal', contacts: 315, groups: 9, repaired: 2, setAside: 0 },
      { kind: 'recipients', contacts: 2 },
      { kind: 'senders', contacts: 1 },
    ],
    identities: 3,
    responses: 2,
  })
  const files = first.addressBooks?.files ?? []
  for (const file of files) expect(await readFile(file, 'utf8')).not.toBe('')
  expect(files.map((file) => path.relative(path.join(directory, 'out/anna@example.org'), file))).toContain(
    'addressbooks/personal.vcf',
  )
  expect((await withAddressBooks(anna, source, root, undefined)).outcome).toBe('unchanged')
})

it('counts in a dry run, and writes nothing', async () => {
  await using source = await roundcube()
  const planned = await withAddressBooks(
    { ...anna, outcome: 'planned' as const },
    source,
    undefined,
    undefined,
  )
  expect(planned.addressBooks).toMatchObject({
    books: [{ contacts: 315 }, { contacts: 2 }, { contacts: 1 }],
    files: [],
  })
  expect(await readdir(path.join(directory, 'out'))).toEqual([])
})

it('leaves a mailbox as it is when there is no Roundcube, or nothing of it there', async () => {
  await using none = new AddressBookSource(undefined)
  expect(await withAddressBooks(anna, none, root, undefined)).toEqual(anna)
  await using source = await roundcube()
  const nobody = { ...anna, mailbox: 'nobody@example.org' }
  expect(await withAddressBooks(nobody, source, root, undefined)).toEqual(nobody)
})

it('says for each mailbox why a database cannot be read, without its password', async () => {
  await using source = sourceAt('mysql://roundcube:geheim@127.0.0.1:1/roundcube')
  const results = [
    await withAddressBooks(anna, source, root, undefined),
    await withAddressBooks(anna, source, root, undefined),
  ]
  for (const { outcome, failure } of results) {
    expect(outcome).toBe('failed')
    expect(failure).toMatchObject({ code: 'address-books-connect' })
    expect(JSON.stringify(failure)).not.toContain('geheim')
  }
})

it('names contacts that could not be taken along', () => {
  const book = {
    kind: 'personal',
    contacts: 1,
    groups: 0,
    repaired: 0,
    setAside: 2,
    remarks: ['contact 3: empty.'],
  } as const
  const exported = { books: [book], identities: 0, responses: 0, files: [] }
  expect(addressBookFindings('example.org', 'anna@example.org', exported)).toMatchObject([
    {
      code: 'contacts-set-aside',
      severity: 'info',
      message: '2 contacts could not be taken along, such as contact 3: empty.',
    },
  ])
  expect(addressBookFindings('example.org', 'anna@example.org', undefined)).toEqual([])
})
