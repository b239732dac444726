import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { effectiveRecipients, localRunner, OldServerError, readPostfix, RunnerError } from '../src/index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let bed: Testbed
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mailmove-read-postfix-'))
  const file = path.join(folder, 'inventory.yaml')
  const domains = [
    {
      domain: 'example.at',
      mailboxes: [{ address: 'anna@example.at' }, { address: 'bob@example.at' }],
      aliases: [
        { address: 'info@example.at', targets: ['anna@example.at', 'bob@example.at'] },
        { address: 'bob@example.at', targets: ['bob@example.at', 'friend@outside.example'] },
        { address: 'a@example.at', targets: ['b@example.at'] },
        { address: 'b@example.at', targets: ['a@example.at'] },
        { address: '@example.at', targets: ['anna@example.at'] },
      ],
      aliasDomains: ['example.co.at'],
    },
  ]
  await writeFile(file, JSON.stringify({ domains }))
  bed = await startTestbed({ only: ['smtp'], inventory: file })
})
afterAll(async () => {
  await bed.stop()
  await rm(folder, { recursive: true, force: true })
})

const runner = () => localRunner({ path: [bed.commands] })

it('reads what a real Postfix hosts, and changes none of its files', async () => {
  const { configDirectory } = bed.old.postfix
  const list = async (): Promise<string> =>
    (await bed.run('sha256sum', ['-b', `${configDirectory}/valiases`])).stdout
  const before = await list()
  const inventory = await readPostfix(runner(), configDirectory)
  expect(inventory.domains.map(({ domain, aliasDomains }) => [domain, aliasDomains])).toEqual([
    ['example.at', ['example.co.at']],
    ['stay.example', ['stay-alias.example']],
  ])
  const [domain] = inventory.domains
  expect(domain?.mailboxes.map(({ address }) => address)).toEqual(['anna@example.at', 'bob@example.at'])
  const verdicts = new Map(
    effectiveRecipients(inventory, 'example.at').map((found) => [found.address, found.verdict]),
  )
  expect(Object.fromEntries(verdicts)).toMatchObject({
    'anna@example.at': 'mailbox',
    'bob@example.at': 'mailbox+copy',
    'info@example.at': 'alias',
    'a@example.at': 'loop',
    '@example.at': 'catch-all',
  })
  expect(domain?.mailboxes[0]?.origin).toMatchObject({ file: `${configDirectory}/vmailboxes` })
  expect(await list()).toBe(before)
})

it('says what cannot be read', async () => {
  await expect(readPostfix(runner(), `${folder}/nothing`)).rejects.toBeInstanceOf(OldServerError)
  await expect(readPostfix(runner(), `${folder}/nothing`)).rejects.toMatchObject({
    code: 'postfix_unreadable',
  })
  const without = localRunner()
  await expect(without.run(['mailmove-no-such-command'])).rejects.toBeInstanceOf(RunnerError)
})
