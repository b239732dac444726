import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MailboxPair } from '../support/pair.ts'
import { copyFolders, makeFolders, placeOf, promisedPlace, type FolderRun } from './folder-run.ts'
import { folderCases, slashFolderCases } from './folders.ts'

test('the tables have at least sixty cases, each named once and with its source', () => {
  const all = [...folderCases, ...slashFolderCases]
  expect(all.length).toBeGreaterThanOrEqual(60)
  for (const table of [folderCases, slashFolderCases])
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length)
  expect(
    all.filter(
      ({ source }) => !/^(RFC \d+ §[\d.]+|https:\/\/github\.com\/\S+\/(issues|pull)\/\d+)$/.test(source),
    ),
  ).toEqual([])
})

// Else it could have neither a slash in a name nor, in the second layout, a dot.
const escaping = String.raw`mail_plugins = quota listescape
protocol imap {
  mail_plugins = quota imap_quota listescape
}
plugin {
  listescape_char = "\\"
}`

const layouts = [
  {
    name: 'from a server with INBOX. and dots',
    cases: folderCases,
    settings: escaping,
    prefix: 'INBOX.',
  },
  {
    name: 'from a server with slashes and no prefix',
    cases: slashFolderCases,
    settings: `${escaping}\nnamespace inbox {\n  separator = /\n  prefix =\n}`,
    prefix: '',
  },
]

describe.each(layouts)('$name', ({ cases, settings, prefix }) => {
  let bed: Testbed
  let run: FolderRun

  beforeAll(async () => {
    bed = await startTestbed({ only: ['imap'], oldSettings: settings })
    await using pair = await MailboxPair.make(bed)
    await makeFolders(bed, pair, prefix, cases)
    run = await copyFolders(pair)
  })

  afterAll(() => bed.stop())

  for (const one of cases)
    test(`${one.name} (${one.source})`, () => {
      expect(placeOf(run, one)).toEqual(promisedPlace(one))
    })

  test('every message has its fate, verify agrees, and a second run finds nothing to do', () => {
    const messages = cases.filter((one) => one.exists !== false).length
    expect(run.report).toMatchObject({
      outcome: 'complete',
      totals: { exists: messages, copied: messages, setAside: 0 },
    })
    expect(run.verified).toMatchObject({ ok: true, totals: { matched: messages, missing: 0 } })
    expect(run.again).toMatchObject({ outcome: 'complete', totals: { copied: 0 }, changes: { flags: 0 } })
    expect(run.again.folders.filter(({ unchanged }) => !unchanged)).toEqual([])
  })
})
