import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { start, temporaryFolder } from './support.ts'

const LOCK_PROGRAM = new URL('./lock-program.ts', import.meta.url)

// Several Node processes start here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

test('makes a private folder and private files, under any umask', async () => {
  const workDir = join(temporaryFolder(), 'a', 'data')
  const umask = process.umask(0)
  try {
    await using ledger = await openLedger(workDir)
    await ledger.domains.ensure('example.at')
    expect(mode(workDir)).toBe('700')
    expect(readdirSync(workDir).toSorted()).toEqual([
      'ledger.sqlite',
      'ledger.sqlite-shm',
      'ledger.sqlite-wal',
    ])
    for (const name of readdirSync(workDir)) expect(mode(join(workDir, name))).toBe('600')
  } finally {
    process.umask(umask)
  }
  expect(readdirSync(workDir)).toEqual(['ledger.sqlite'])
})

test('makes an existing folder and ledger private again', async () => {
  const workDir = join(temporaryFolder(), 'data')
  mkdirSync(workDir, { mode: 0o755 })
  await (await openLedger(workDir)).close()
  expect(mode(workDir)).toBe('700')
  chmodSync(workDir, 0o755)
  chmodSync(join(workDir, 'ledger.sqlite'), 0o644)
  await (await openLedger(workDir)).close()
  expect(mode(workDir)).toBe('700')
  expect(mode(join(workDir, 'ledger.sqlite'))).toBe('600')
})

test('a folder that is not ours alone keeps its rights', async () => {
  const workDir = temporaryFolder()
  writeFileSync(join(workDir, 'letter.txt'), '')
  chmodSync(workDir, 0o755)
  await expect(openLedger(workDir)).rejects.toMatchObject({
    code: 'ledger_inaccessible',
    hint: expect.stringContaining('chmod 700'),
  })
  expect(mode(workDir)).toBe('755')
  expect(readdirSync(workDir)).toEqual(['letter.txt'])
})

test('reading makes nothing, and says what is missing', async () => {
  const workDir = join(temporaryFolder(), 'data')
  await expect(openLedger(workDir, { mode: 'read' })).rejects.toMatchObject({
    code: 'ledger_missing',
    message: `there is no ledger in ${workDir} yet`,
  })
  expect(existsSync(workDir)).toBe(false)
})

test('reading can not write', async () => {
  const workDir = temporaryFolder()
  await (await openLedger(workDir)).close()
  await using ledger = await openLedger(workDir, { mode: 'read' })
  await expect(ledger.domains.ensure('example.at')).rejects.toThrow(/can't be read or written/)
  expect(await ledger.domains.list()).toEqual([])
})

test('refuses the ledger of a newer version with one sentence, and leaves it as it is', async () => {
  const workDir = temporaryFolder()
  await (await openLedger(workDir)).close()
  const file = join(workDir, 'ledger.sqlite')
  const database = new DatabaseSync(file)
  database.exec('pragma user_version = 99')
  database.close()
  for (const openMode of ['read', 'write'] as const)
    await expect(openLedger(workDir, { mode: openMode })).rejects.toMatchObject({
      code: 'ledger_newer',
      message: expect.stringMatching(
        /ledger\.sqlite was written by a newer version of mailmove \(layout 99, this one knows \d+\)$/,
      ),
    })
  const after = new DatabaseSync(file)
  expect(after.prepare('pragma user_version').get()).toEqual({ user_version: 99 })
  after.close()
})

test('refuses a database that is something else', async () => {
  const workDir = temporaryFolder()
  const database = new DatabaseSync(join(workDir, 'ledger.sqlite'))
  database.exec('create table recipes (name text)')
  database.close()
  await expect(openLedger(workDir)).rejects.toMatchObject({
    code: 'ledger_damaged',
    message: expect.stringContaining('is a database, but not a ledger'),
  })
})

test('refuses a file that is no database', async () => {
  const workDir = temporaryFolder()
  writeFileSync(join(workDir, 'ledger.sqlite'), 'Dear diary, '.repeat(100))
  await expect(openLedger(workDir)).rejects.toMatchObject({
    code: 'ledger_damaged',
    message: expect.stringContaining('damaged or not a ledger'),
    hint: expect.stringContaining('backup'),
  })
})

test('many processes may make the same ledger at once', async () => {
  const workDir = join(temporaryFolder(), 'data')
  const programs = Array.from({ length: 5 }, (_, index) =>
    start(LOCK_PROGRAM, workDir, `domain-${index}.at`, 'copy'),
  )
  try {
    const answers = await Promise.all(programs.map((program) => program.next()))
    expect(answers).toEqual(programs.map((program) => `locked ${program.pid}`))
    await using ledger = await openLedger(workDir, { mode: 'read' })
    expect(await ledger.lockHolder('domain-3.at')).toMatchObject({ command: 'copy' })
  } finally {
    await Promise.all(programs.map((program) => program.kill()))
  }
})

test('a write that finds the ledger kept by somebody else says so', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir, { busyTimeoutMs: 10 })
  const other = new DatabaseSync(join(workDir, 'ledger.sqlite'))
  other.exec('begin immediate')
  await expect(ledger.domains.ensure('example.at')).rejects.toMatchObject({ code: 'ledger_busy' })
  expect(await ledger.domains.list()).toEqual([])
  other.exec('rollback')
  other.close()
  await expect(ledger.domains.ensure('example.at')).resolves.toMatchObject({ domain: 'example.at' })
})

test('closing twice is closing once', async () => {
  const ledger = await openLedger(temporaryFolder())
  await ledger.domains.list()
  await ledger.close()
  await expect(ledger.close()).resolves.toBeUndefined()
})
