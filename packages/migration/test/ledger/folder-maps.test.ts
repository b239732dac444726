import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FolderMap, FolderMapEntry } from '@iteg/imap-sync'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { temporaryFolder } from './support.ts'

function entry(source: string, target: string, more: Partial<FolderMapEntry> = {}): FolderMapEntry {
  return { source, sourceWire: source, target, targetWire: target, selectable: true, ...more }
}

function map(...entries: FolderMapEntry[]): FolderMap {
  return { entries, collisions: [], leftOut: [] }
}

test('is extended, never changed', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  expect(await ledger.folderMaps.get('anna@example.at')).toBeUndefined()
  const first: FolderMap = {
    entries: [
      entry('INBOX', 'INBOX'),
      entry('INBOX.Gesendet', 'Sent', { role: 'sent', changes: ['role'] }),
      entry('INBOX.Entw&APw-rfe', 'Drafts', { selectable: false }),
    ],
    collisions: [{ kind: 'case', wanted: 'x', entries: [{ source: 'x', target: 'x' }] }],
    leftOut: [{ source: 'Shared', sourceWire: 'Shared', reason: 'shared' }],
  }
  expect(await ledger.folderMaps.extend('anna@example.at', first)).toEqual(first)
  const grown = await ledger.folderMaps.extend(
    'anna@example.at',
    map(entry('INBOX.A', 'A'), entry('INBOX', 'INBOX')),
  )
  expect(grown).toEqual(map(...first.entries, entry('INBOX.A', 'A')))
  await using later = await openLedger(workDir, { mode: 'read' })
  expect(await later.folderMaps.get('anna@example.at')).toEqual(grown)
  expect(await later.folderMaps.get('bert@example.at')).toBeUndefined()
})

test('a folder that would move is refused, and nothing of the map is taken', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.folderMaps.extend('anna@example.at', map(entry('INBOX.Alt', 'Alt')))
  await expect(
    ledger.folderMaps.extend(
      'anna@example.at',
      map(entry('INBOX.Neu', 'Neu'), entry('INBOX.Alt', 'Archive')),
    ),
  ).rejects.toMatchObject({
    code: 'folder_map_frozen',
    message:
      "anna@example.at: the folder INBOX.Alt goes to Alt since the first survey and can't go to Archive now",
  })
  expect(await ledger.folderMaps.get('anna@example.at')).toEqual(map(entry('INBOX.Alt', 'Alt')))
})

test('a parent may come to hold mail', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.folderMaps.extend('anna@example.at', map(entry('INBOX.A', 'A', { selectable: false })))
  const after = await ledger.folderMaps.extend('anna@example.at', map(entry('INBOX.A', 'A')))
  expect(after.entries).toEqual([entry('INBOX.A', 'A')])
})

test('an empty map is known too', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.folderMaps.extend('anna@example.at', map())
  expect(await ledger.folderMaps.get('anna@example.at')).toEqual(map())
})

test('not even SQL moves a folder', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await ledger.folderMaps.extend('anna@example.at', map(entry('INBOX.Alt', 'Alt')))
  const database = new DatabaseSync(join(workDir, 'ledger.sqlite'))
  expect(() => database.exec("update folder_map set target = 'Archive'")).toThrow(/frozen/)
  database.close()
})

test('what does not look like a folder map is damage, not data', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await ledger.folderMaps.extend('anna@example.at', map(entry('INBOX.Alt', 'Alt')))
  const database = new DatabaseSync(join(workDir, 'ledger.sqlite'))
  database.exec(`update folder_map set entry = '{"source":1}'`)
  database.close()
  await expect(ledger.folderMaps.get('anna@example.at')).rejects.toMatchObject({ code: 'ledger_damaged' })
})
