import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { firstLayout } from '../../src/ledger/migrations/0001-first-layout.ts'
import { temporaryFolder } from './support.ts'

const anna = 'anna@example.at'

test('remembers cards over the end of the process, each with its latest version', async () => {
  const workDir = temporaryFolder()
  {
    await using ledger = await openLedger(workDir)
    const state = ledger.importedCards.stateOf(anna)
    await state.record(
      'personal',
      new Map([
        ['1.vcf', { sha256: 'a', etag: '"1"' }],
        ['2.vcf', { sha256: 'b' }],
      ]),
    )
    await state.record('personal', new Map([['1.vcf', { sha256: 'c', etag: '"2"' }]]))
    await state.record('other', new Map([['1.vcf', { sha256: 'd' }]]))
  }
  await using ledger = await openLedger(workDir, { mode: 'read' })
  const state = ledger.importedCards.stateOf(anna)
  expect(await state.read('personal')).toEqual(
    new Map([
      ['1.vcf', { sha256: 'c', etag: '"2"' }],
      ['2.vcf', { sha256: 'b' }],
    ]),
  )
  expect(await state.read('nothing')).toEqual(new Map())
  expect(await ledger.importedCards.stateOf('berta@example.at').read('personal')).toEqual(new Map())
  expect(await ledger.importedCards.count(anna)).toBe(3)
})

test('does not remember what was put into a mailbox that was made anew since', async () => {
  let now = new Date('2026-01-01T10:00:00Z')
  await using ledger = await openLedger(temporaryFolder(), { now: () => now })
  await ledger.importedCards.stateOf(anna).record('personal', new Map([['1.vcf', { sha256: 'a' }]]))
  const madeAnew = new Date('2026-01-01T11:00:00Z')
  now = new Date('2026-01-01T12:00:00Z')
  const state = ledger.importedCards.stateOf(anna, madeAnew)
  expect(await state.read('personal')).toEqual(new Map())
  await state.record('personal', new Map([['1.vcf', { sha256: 'a' }]]))
  expect(await state.read('personal')).toEqual(new Map([['1.vcf', { sha256: 'a' }]]))
  expect(await ledger.importedCards.count(anna, new Date('2026-01-01T13:00:00Z'))).toBe(0)
})

test('a ledger of the first layout is brought up to this one, with what it holds', async () => {
  const workDir = temporaryFolder()
  const file = join(workDir, 'ledger.sqlite')
  const database = new DatabaseSync(file)
  database.exec(firstLayout)
  database.exec(`insert into domains values ('example.at', '2026-01-01T00:00:00.000Z', null, null)`)
  database.exec('pragma application_id = 1835888502')
  database.exec('pragma user_version = 1')
  database.close()
  await using ledger = await openLedger(workDir)
  expect((await ledger.domains.list()).map(({ domain }) => domain)).toEqual(['example.at'])
  expect(await ledger.importedCards.count(anna)).toBe(0)
})
