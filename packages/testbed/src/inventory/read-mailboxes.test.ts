import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readMailboxes } from './read-mailboxes.ts'
import type { HostedMailbox } from './read-mailboxes.ts'

async function read(name: string, text: string): Promise<HostedMailbox[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mailmove-test-'))
  try {
    writeFileSync(path.join(folder, name), text)
    return await readMailboxes(path.join(folder, name))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('what is not said is unlimited and active', async () => {
  const wanted = [{ address: 'anna@a.test', active: true, quotaBytes: 0 }]
  expect(
    await read('a.yaml', 'domains: [{ domain: a.test, mailboxes: [{ address: ANNA@a.test }] }]'),
  ).toEqual(wanted)
  expect(await read('a.csv', 'kind,address\nmailbox,anna@a.test\nalias,b@a.test\n')).toEqual(wanted)
})

test('an inventory without mailboxes has none', async () => {
  expect(await read('a.yaml', '')).toEqual([])
  expect(await read('a.csv', 'kind,address\n')).toEqual([])
})

test.for([
  ['a.yaml', 'domains: ['],
  ['a.yaml', 'domains: [{ mailboxes: [{ address: 7 }] }]'],
  ['a.yaml', 'domains: [{ mailboxes: [{ address: ../../etc@a.test }] }]'],
  ['a.csv', 'kind,address\nmailbox,"anna'],
] as const)('%s %j cannot be understood', async ([name, text]) => {
  await expect(read(name, text)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('cannot be understood'),
  })
})
