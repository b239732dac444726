import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { HostedDomain } from './hosted-domains.ts'
import { readDomains } from './read-domains.ts'

async function read(name: string, text: string): Promise<HostedDomain[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'mailmove-test-'))
  try {
    writeFileSync(path.join(folder, name), text)
    return await readDomains(path.join(folder, name))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('what is not said is unlimited and active', async () => {
  const mailboxes = [{ address: 'anna@a.test', active: true, quotaBytes: 0 }]
  const wanted = [{ domain: 'a.test', mailboxes, aliases: [], aliasDomains: [] }]
  expect(
    await read('a.yaml', 'domains: [{ domain: a.test, mailboxes: [{ address: ANNA@a.test }] }]'),
  ).toEqual(wanted)
  expect(await read('a.csv', 'kind,address\nmailbox,anna@a.test\nalias,b@a.test\n')).toEqual(wanted)
})

test('both formats say the same of aliases, forwards, catch-alls and alias domains', async () => {
  const yaml = `domains:
  - domain: a.test
    mailboxes: [{ address: anna@a.test, active: false }]
    aliases:
      - { address: info@a.test, targets: [anna@a.test, ext@b.test] }
      - { address: "@a.test", targets: [anna@a.test], active: false }
    aliasDomains: [c.test]
`
  const csv = `kind,address,targets,name,quotaBytes,active
mailbox,anna@a.test,,,,no
alias,info@a.test,anna@a.test ext@b.test,,,
alias,@a.test,anna@a.test,,,false
alias-domain,c.test,a.test,,,
`
  const domain = {
    domain: 'a.test',
    mailboxes: [{ address: 'anna@a.test', active: false, quotaBytes: 0 }],
    aliases: [
      { address: 'info@a.test', targets: ['anna@a.test', 'ext@b.test'], active: true },
      { address: '@a.test', targets: ['anna@a.test'], active: false },
    ],
    aliasDomains: ['c.test'],
  }
  expect(await read('a.yaml', yaml)).toEqual([domain])
  expect(await read('a.csv', csv)).toEqual([domain])
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
