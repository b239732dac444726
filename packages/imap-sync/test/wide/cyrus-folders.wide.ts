import { startCyrus, startTestbed, type Cyrus, type CyrusLayout, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FolderCase } from '../fidelity/folder-case.ts'
import { copyFolders, makeFolder, placeOf, promisedPlace, type FolderRun } from '../fidelity/folder-run.ts'
import { folderCases, slashFolderCases } from '../fidelity/folders.ts'
import { RawMailbox } from '../fidelity/raw-mailbox.ts'
import { MailboxPair } from '../support/pair.ts'
import { refusedFolders, refusedSlashFolders } from './cyrus-differences.ts'

interface Layout {
  readonly name: string
  readonly layout: CyrusLayout
  readonly prefix: string
  readonly cases: readonly FolderCase[]
  readonly refused: readonly string[]
}

const layouts: readonly Layout[] = [
  {
    name: 'from a Cyrus with INBOX. and dots',
    layout: 'netnews',
    prefix: 'INBOX.',
    cases: folderCases,
    refused: refusedFolders,
  },
  {
    name: 'from a Cyrus with slashes beside INBOX',
    layout: 'unix',
    prefix: '',
    cases: slashFolderCases,
    refused: refusedSlashFolders,
  },
]

describe.each(layouts)('$name', ({ layout, prefix, cases, refused }) => {
  let bed: Testbed
  let cyrus: Cyrus
  let run: FolderRun
  const refusals: string[] = []
  const made = cases.filter(({ name, exists }) => exists !== false && !refused.includes(name))

  beforeAll(async () => {
    cyrus = await startCyrus({ layout })
    bed = await startTestbed({ only: ['imap'] })
    const login = await cyrus.addUser('anna')
    {
      await using old = await RawMailbox.open(cyrus.imap, login)
      for (const one of cases)
        if (one.exists !== false && (await makeFolder(old, prefix, one)) !== undefined)
          refusals.push(one.name)
    }
    await using pair = await MailboxPair.make(bed, {
      source: { server: { ...cyrus.imap, tls: 'none' }, login },
    })
    run = await copyFolders(pair)
  })

  afterAll(async () => {
    await bed.stop()
    await cyrus.stop()
  })

  test('Cyrus refuses the names that the table says, and no others', () => {
    expect(refusals.toSorted()).toEqual(refused.toSorted())
  })

  for (const one of made)
    test(`${one.name} (${one.source})`, () => {
      expect(placeOf(run, one)).toEqual(promisedPlace(one))
    })

  test('every message has its fate, verify agrees, and a second run finds nothing to do', () => {
    expect(run.report).toMatchObject({
      outcome: 'complete',
      totals: { exists: made.length, copied: made.length, setAside: 0 },
    })
    expect(run.verified).toMatchObject({ ok: true, totals: { matched: made.length, missing: 0 } })
    expect(run.again).toMatchObject({ outcome: 'complete', totals: { copied: 0 }, changes: { flags: 0 } })
    expect(run.again.folders.filter(({ unchanged }) => !unchanged)).toEqual([])
  })
})
