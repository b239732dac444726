import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { startMain } from './bed-process.ts'
import { RawImap } from './raw-imap.ts'

const endpoint = { host: '127.0.0.1', port: expect.any(Number) }
const dovecot = {
  imap: endpoint,
  imaps: endpoint,
  pop3: endpoint,
  sieve: endpoint,
  lmtp: endpoint,
  dovecotConfig: expect.stringMatching(/^\/.*\/dovecot\.conf$/),
  master: { user: expect.any(String), password: expect.any(String), separator: '*' },
}

async function jsonLine(...args: readonly string[]) {
  const started = startMain('--json', ...args)
  const line: {
    dir: string
    config: string
    env: { TSIG_SECRET?: string }
    old: { imap: { host: string; port: number } }
  } = JSON.parse(await started.firstLine)
  const stop = async (): Promise<string> => {
    started.child.kill('SIGTERM')
    return (await started.finished).stdout
  }
  return { line, stop }
}

const postfix = (name: string) => ({
  name,
  smtp: { host: expect.stringMatching(/^127\./), port: 25 },
  submission: { host: expect.stringMatching(/^127\./), port: 587 },
  postfixDirectory: expect.stringMatching(/^\/.*\/postfix\/etc$/),
})

test('--json prints one line that says where everything is', async () => {
  const { line, stop } = await jsonLine()
  expect(line).toEqual({
    dir: expect.stringMatching(/^\//),
    config: path.join(line.dir, 'mailmove.yaml'),
    ca: path.join(line.dir, 'certificates/ca.pem'),
    env: {
      OLD_MASTER_PASSWORD: expect.any(String),
      NEW_MASTER_PASSWORD: expect.any(String),
      MAILCOW_API_KEY: expect.any(String),
      TSIG_SECRET: expect.any(String),
    },
    old: { ...dovecot, ...postfix('mailhaus.example') },
    new: {
      ...dovecot,
      ...postfix('mailcow.example'),
      mailcow: {
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        apiKey: expect.any(String),
        readOnlyKey: expect.any(String),
      },
    },
    commands: path.join(line.dir, 'bin'),
    dns: {
      host: expect.stringMatching(/^127\./),
      port: 53,
      zone: 'example.at',
      zones: ['example.at', 'verein.example', 'stay.example', 'stay-alias.example', 'tenant.example'],
      servers: [
        { host: expect.stringMatching(/\.53$/), port: 53 },
        { host: expect.stringMatching(/\.54$/), port: 53 },
      ],
      key: { name: 'mailmove', algorithm: 'hmac-sha256', secret: line.env.TSIG_SECRET },
    },
    sink: endpoint,
  })
  expect(statSync(path.join(line.dir, 'mailmove.key')).mode & 0o777).toBe(0o600)
  expect((await stop()).split('\n')).toEqual([JSON.stringify(line), ''])
})

test('parts that were not asked for are absent', async () => {
  const imap = await jsonLine('--only', 'imap')
  expect(Object.keys(imap.line).toSorted()).toEqual(['ca', 'dir', 'env', 'new', 'old', 'sink'])
  const mailcow = await jsonLine('--only', 'mailcow')
  expect(Object.keys(mailcow.line).toSorted()).toEqual(['ca', 'dir', 'env', 'new', 'sink'])
  await Promise.all([imap.stop(), mailcow.stop()])
})

const yaml = `domains:
  - domain: own.test
    mailboxes:
      - { address: Anna@own.test, quotaBytes: 1048576 }
      - { address: gone@own.test, active: false }
    aliases: [ { address: info@own.test, targets: [anna@own.test] } ]
`
const csv = `kind,address,targets,name,quotaBytes,active
mailbox,anna@own.test,,Anna,1048576,true
alias,info@own.test,anna@own.test,,,
mailbox,gone@own.test,,,,false
`

test.for([
  ['inventory.yaml', yaml],
  ['inventory.csv', csv],
] as const)('%s: its mailboxes are hosted, empty', async ([name, text]) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'mailmove-test-'))
  const file = path.join(folder, name)
  writeFileSync(file, text)
  const { line, stop } = await jsonLine('--inventory', file)
  try {
    await using imap = await RawImap.login(line.old.imap, 'anna@own.test', 'user-Passw0rd')
    expect((await imap.command('STATUS INBOX (MESSAGES)')).untagged).toEqual(['STATUS INBOX (MESSAGES 0)'])
    expect((await imap.command('GETQUOTAROOT INBOX')).untagged.at(-1)).toContain('(STORAGE 0 1024)')
    await expect(RawImap.login(line.old.imap, 'gone@own.test', 'user-Passw0rd')).rejects.toThrow('LOGIN: NO')
  } finally {
    await stop()
    rmSync(folder, { recursive: true })
  }
})

test.for([
  [['--inventory', '/nowhere/inventory.yaml'], 'the inventory /nowhere/inventory.yaml cannot be read'],
  [['--only', 'everything'], 'The test bed has no part “everything”'],
  [['--dir', '/usr'], '/usr cannot be used'],
  [['--dir', '/tmp/a b'], '/tmp/a b cannot be used'],
] as const)('%j: one sentence, and exit code 2', async ([args, sentence]) => {
  const { code, stdout, stderr } = await startMain(...args).finished
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(sentence)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('without --json people are told what runs where and how to try it', async () => {
  const { child, firstLine, finished } = startMain('--only', 'imap')
  expect(await firstLine).toMatch(
    /^The test bed is ready\. It works in \/.* and runs until you press Ctrl-C\.$/,
  )
  child.kill('SIGTERM')
  const { stdout } = await finished
  for (const word of [
    'The old server',
    'IMAP',
    'ManageSieve',
    'anna@example.at',
    'Demo-Passw0rd-2014',
    'The new server',
  ])
    expect(stdout).toContain(word)
})

test('--help explains itself', async () => {
  expect(await startMain('--help').finished).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('usage: npm run testbed'),
  })
})
