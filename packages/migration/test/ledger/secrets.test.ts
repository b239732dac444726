import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { secretKey } from '../../src/secrets/key.ts'
import { temporaryFolder } from './support.ts'

const key = secretKey(randomBytes(32))
const anna = { domain: 'example.at', mailbox: 'anna@example.at', purpose: 'initial-password' } as const

/** Everything that lies in the working folder. */
function bytesOnDisk(workDir: string): Buffer {
  return Buffer.concat(
    readdirSync(workDir)
      .filter((name) => name.startsWith('ledger.'))
      .map((name) => readFileSync(join(workDir, name))),
  )
}

function sealedBytes(workDir: string): Buffer {
  const database = new DatabaseSync(join(workDir, 'ledger.sqlite'))
  const row = database.prepare('select sealed from secrets').get()
  database.close()
  if (!(row?.['sealed'] instanceof Uint8Array)) throw new Error('nothing sealed')
  return Buffer.from(row['sealed'])
}

test('is stored sealed, and opens only with the key', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await ledger.secrets.seal(key, anna, 'Vertraulich-1')
  expect(await ledger.secrets.open(key, anna)).toBe('Vertraulich-1')
  expect(bytesOnDisk(workDir).includes('Vertraulich')).toBe(false)
  expect(await ledger.secrets.sealedAt(anna)).toBeInstanceOf(Date)
  expect(await ledger.secrets.list('example.at')).toEqual([{ ...anna, sealedAt: expect.any(Date) }])
  await expect(ledger.secrets.open(secretKey(randomBytes(32)), anna)).rejects.toMatchObject({
    code: 'wrong_key',
    hint: expect.stringContaining('password reset anna@example.at'),
  })
  expect(await ledger.secrets.open(key, { ...anna, mailbox: 'bert@example.at' })).toBeUndefined()
})

test('a sealed secret put under another name does not open', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await ledger.secrets.seal(key, anna, 'Vertraulich-1')
  const database = new DatabaseSync(join(workDir, 'ledger.sqlite'))
  database.exec("update secrets set mailbox = 'eve@example.at'")
  database.close()
  await expect(ledger.secrets.open(key, { ...anna, mailbox: 'eve@example.at' })).rejects.toMatchObject({
    code: 'secret_damaged',
    hint: expect.stringContaining('password reset'),
  })
})

test('a new one takes the place of the old', async () => {
  await using ledger = await openLedger(temporaryFolder())
  await ledger.secrets.seal(key, anna, 'one')
  await ledger.secrets.seal(key, anna, 'two')
  expect(await ledger.secrets.open(key, anna)).toBe('two')
  expect(await ledger.secrets.list('example.at')).toHaveLength(1)
})

test('removed means gone from every file, while the ledger is in use', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await ledger.secrets.seal(key, anna, 'Vertraulich-1')
  const sealed = sealedBytes(workDir)
  expect(bytesOnDisk(workDir).includes(sealed)).toBe(true)
  expect(await ledger.secrets.remove(anna)).toBe(true)
  expect(bytesOnDisk(workDir).includes(sealed)).toBe(false)
  expect(bytesOnDisk(workDir).includes(sealed.subarray(20))).toBe(false)
  expect(await ledger.secrets.open(key, anna)).toBeUndefined()
  expect(await ledger.secrets.remove(anna)).toBe(false)
})

test('a replaced one is gone too', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await ledger.secrets.seal(key, anna, 'Vertraulich-1')
  const sealed = sealedBytes(workDir)
  await ledger.secrets.seal(key, anna, 'Neu-2')
  expect(bytesOnDisk(workDir).includes(sealed.subarray(20))).toBe(false)
})

test('app passwords are on record before they exist, one at a time, until they are removed', async () => {
  const workDir = temporaryFolder()
  const input = {
    domain: 'example.at',
    mailbox: 'anna@example.at',
    name: 'Umzug (ITEG)',
    password: 'Vertraulich-1',
  }
  {
    await using ledger = await openLedger(workDir)
    expect(await ledger.appPasswords.intend(key, input)).toMatchObject({
      state: 'intended',
      name: 'Umzug (ITEG)',
    })
  }
  await using ledger = await openLedger(workDir)
  expect(bytesOnDisk(workDir).includes('Vertraulich')).toBe(false)
  const name = { ...anna, purpose: 'app-password' } as const
  expect(await ledger.appPasswords.outstanding('example.at')).toMatchObject([{ state: 'intended' }])
  expect(await ledger.secrets.open(key, name)).toBe('Vertraulich-1')
  await expect(ledger.appPasswords.intend(key, { ...input, name: 'another' })).rejects.toMatchObject({
    code: 'invalid_record',
  })
  await ledger.appPasswords.markCreated('anna@example.at', 'Umzug (ITEG)', '12')
  expect(await ledger.appPasswords.get('anna@example.at')).toMatchObject({ state: 'created', remoteId: '12' })
  const sealed = sealedBytes(workDir)
  await ledger.appPasswords.markRemoved('anna@example.at', 'Umzug (ITEG)')
  expect(await ledger.appPasswords.get('anna@example.at')).toBeUndefined()
  expect(await ledger.appPasswords.outstanding()).toEqual([])
  expect(await ledger.secrets.open(key, name)).toBeUndefined()
  expect(bytesOnDisk(workDir).includes(sealed)).toBe(false)
  await expect(ledger.appPasswords.markRemoved('anna@example.at', 'Umzug (ITEG)')).rejects.toMatchObject({
    code: 'unknown_record',
  })
  await expect(ledger.appPasswords.markCreated('anna@example.at', 'Umzug (ITEG)')).rejects.toMatchObject({
    code: 'unknown_record',
  })
  expect(await ledger.appPasswords.intend(key, input)).toMatchObject({ state: 'intended' })
})

test('somebody who reads at that moment only puts it off', async () => {
  const workDir = temporaryFolder()
  const ledger = await openLedger(workDir)
  await ledger.secrets.seal(key, anna, 'Vertraulich-1')
  const sealed = sealedBytes(workDir).subarray(20)
  const reader = new DatabaseSync(join(workDir, 'ledger.sqlite'), { readOnly: true })
  reader.exec('begin; select count(*) from secrets')
  const removal = ledger.secrets.remove(anna)
  expect(bytesOnDisk(workDir).includes(sealed)).toBe(true)
  reader.exec('rollback')
  expect(await removal).toBe(true)
  expect(bytesOnDisk(workDir).includes(sealed)).toBe(false)
  await ledger.secrets.seal(key, anna, 'Vertraulich-2')
  const second = sealedBytes(workDir).subarray(20)
  reader.exec('begin; select count(*) from secrets')
  expect(await ledger.secrets.remove(anna)).toBe(true)
  reader.exec('rollback')
  await ledger.close()
  expect(bytesOnDisk(workDir).includes(second)).toBe(false)
  reader.close()
})
