import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { deliver, type Proxy, startProxy, startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseDocument } from 'yaml'
import { type CliOutcome, runCli } from './run-cli.ts'

// Each test starts the program several times, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

// U+009B is ESC [ in one character, U+202E turns the text around; Dovecot takes both in a folder's name.
const hostile = 'Post\u009b2J\u202e'
const inventory = {
  domains: [
    {
      domain: 'example.at',
      mailboxes: [
        { address: 'anna@example.at', quotaBytes: 10_485_760 },
        { address: 'bert@example.at', quotaBytes: 10_485_760 },
      ],
      aliases: [{ address: 'office@example.at', targets: ['anna@example.at'] }],
    },
  ],
}

let folder = ''
let bed: Testbed
let proxy: Proxy
let env: Record<string, string> = {}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mailmove-cli-'))
  const file = path.join(folder, 'inventory.yaml')
  await writeFile(file, JSON.stringify(inventory))
  bed = await startTestbed({ inventory: file })
  env = { ...bed.env }
  proxy = await startProxy({ target: bed.old.imap })
  for (const to of ['anna@example.at', 'bert@example.at'])
    for (const number of [1, 2, 3])
      await deliver(bed.old.lmtp, {
        to,
        raw: `From: x@outside.example\r\nSubject: ${hostile} ${number}\r\n\r\nHello\r\n`,
      })
  const create = ['mailbox', 'create', '-u', 'anna@example.at', `INBOX.${hostile}`]
  await bed.run('doveadm', ['-c', bed.old.dovecotConfig, ...create])
  const config = parseDocument(await readFile(bed.config ?? '', 'utf8'))
  const { host, port } = proxy
  config.setIn(['old', 'imap'], { host, port, tls: 'none', allowInsecure: true })
  await writeFile(path.join(folder, 'mailmove.yaml'), config.toString())
  await copyFile(path.join(bed.dir, 'mailmove.key'), path.join(folder, 'mailmove.key'))
})
afterAll(async () => {
  await proxy.stop()
  await bed.stop()
  await rm(folder, { recursive: true, force: true })
})

const mailmove = (...args: string[]): Promise<CliOutcome> => runCli(args, { cwd: folder, env })

/** The one document on stdout. */
function documentOf({ stdout }: CliOutcome): Record<string, unknown> {
  const document: unknown = JSON.parse(stdout)
  if (typeof document !== 'object' || document === null) throw new Error(`no document: ${stdout}`)
  return { ...document }
}

function writes(): number {
  return bed.new.mailcow.requests.filter(({ path: called }) => !called.startsWith('get/')).length
}

describe('a move, command by command', () => {
  test('a wrong password and a read-only key are named, and end with 4', async () => {
    const wrong = { ...env, OLD_MASTER_PASSWORD: 'wrong', MAILCOW_API_KEY: bed.new.mailcow.readOnlyKey }
    const { code, stdout } = await runCli(['check'], { cwd: folder, env: wrong })
    expect(code).toBe(4)
    expect(stdout).toMatch(/FAILED +old\.imap\.master/)
    expect(stdout).toMatch(/(?:FAILED|warning) +new\.mailcow\.apiKey/)
    expect(stdout).not.toContain('wrong')
  })
  test('an inventory database that is away ends check with 4, a broken inventory file with 2', async () => {
    const url = 'mysql://reader:Ge-heim-7@127.0.0.1:1/postfixadmin'
    const changed = async (name: string, sources: unknown): Promise<CliOutcome> => {
      const config = parseDocument(await readFile(path.join(folder, 'mailmove.yaml'), 'utf8'))
      config.setIn(['old', 'inventory'], sources)
      await writeFile(path.join(folder, name), config.toString())
      return runCli(['check', '--config', name], { cwd: folder, env: { ...env, OLD_DB_URL: url } })
    }
    const away = await changed('away.yaml', [{ kind: 'postfixadmin', url: '${OLD_DB_URL}' }])
    expect(away.stdout).toMatch(/FAILED +old\.inventory/)
    expect(away.stdout + away.stderr).not.toContain('Ge-heim-7')
    expect(away.code).toBe(4)
    await writeFile(path.join(folder, 'broken.json'), '{"domains": [')
    const broken = await changed('broken.yaml', [{ kind: 'file', path: 'broken.json' }])
    expect(broken.stdout).toMatch(/FAILED +old\.inventory/)
    expect(broken.code).toBe(2)
  })
  test('check, survey, plan and status only read', async () => {
    expect((await mailmove('check')).code).toBe(0)
    // check has tried a write that can change nothing, to learn what the key may do.
    const before = writes()
    for (const [args, schema] of [
      [['survey', 'example.at'], 'mailmove.survey/1'],
      [['plan', 'example.at'], 'mailmove.plan/1'],
      [['status'], 'mailmove.status/1'],
    ] as const) {
      const outcome = await mailmove('--json', ...args)
      expect([args, outcome.code]).toEqual([args, 0])
      expect(documentOf(outcome)).toMatchObject({ schema })
    }
    expect(writes()).toBe(before)
  })
  test('names that steer a terminal are shown instead', async () => {
    const { code, stdout, stderr } = await mailmove('plan', 'example.at', '--verbose')
    expect(code).toBe(0)
    expect(stdout).toContain(String.raw`Post\x9b2J\u{202e}`)
    for (const text of [stdout, stderr]) expect(text).toMatch(/^[^\p{Cc}\p{Cf}]*(?:\n[^\p{Cc}\p{Cf}]*)*$/u)
    const json = (await mailmove('plan', 'example.at', '--json')).stdout
    expect(json).toMatch(/^[^\p{Cc}\p{Cf}]*(?:\n[^\p{Cc}\p{Cf}]*)*$/u)
    expect(JSON.stringify(JSON.parse(json))).toContain(JSON.stringify(hostile).slice(1, -1))
  })
  test('provision --dry-run writes nothing and says so', async () => {
    const before = writes()
    const outcome = await mailmove('provision', 'example.at', '--dry-run')
    expect(outcome.code).toBe(0)
    expect(outcome.stdout).toContain('dry run')
    expect(writes()).toBe(before)
  })
  test('a domain that does not exist ends with 2 and shows what there is', async () => {
    const outcome = await mailmove('provision', 'exampel.at', '--json')
    expect(outcome.code).toBe(2)
    expect(documentOf(outcome)).toMatchObject({
      schema: 'mailmove.error/1',
      code: 'usage',
      remedy: expect.stringContaining('example.at'),
    })
  })
  test('copy before provision ends with 3 and names the command', async () => {
    const outcome = await mailmove('copy', 'example.at', '--json')
    expect(outcome.code).toBe(3)
    expect(documentOf(outcome)).toMatchObject({
      code: 'gate',
      exitCode: 3,
      remedy: expect.stringContaining('mailmove provision example.at'),
    })
  })
  test('provision, twice', async () => {
    expect((await mailmove('provision', 'Example.AT.')).code).toBe(0)
    const before = writes()
    const again = await mailmove('provision', 'example.at')
    expect([again.code, writes()]).toEqual([0, before])
    expect(again.stdout).toContain('nothing to do')
  })
  test('Ctrl-C in the middle of a copy saves, ends with 130 and says how to go on', async () => {
    const interception = proxy.intercept({ command: /UID FETCH.*BODY/, when: 'sent', action: 'hold' })
    const outcome = await runCli(['copy', 'example.at', '--json'], {
      cwd: folder,
      env,
      whileRunning: async (child) => {
        await interception.happened
        child.kill('SIGINT')
        child.stderr?.on('data', (text: string) => {
          if (text.includes('Ctrl-C again stops at once')) interception.release()
        })
      },
    })
    expect(outcome.code).toBe(130)
    expect(documentOf(outcome)).toEqual({
      schema: 'mailmove.error/1',
      code: 'interrupted',
      message: 'Interrupted; everything done so far is saved.',
      remedy: 'Go on with: mailmove copy example.at --json',
      exitCode: 130,
    })
  })
  test('copy goes on and ends, a second one has nothing to do, verify agrees', async () => {
    const copied = await mailmove('copy', 'example.at', '--json')
    expect(copied.code).toBe(0)
    expect(documentOf(copied)).toMatchObject({
      schema: 'mailmove.copy/1',
      ok: true,
      totals: { sourceMessages: 6 },
    })
    const again = await mailmove('copy', 'example.at')
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing to do')])
    const verified = await mailmove('verify', 'example.at', '--json')
    expect(verified.code).toBe(0)
    expect(documentOf(verified)).toMatchObject({ schema: 'mailmove.verify/1', ok: true })
  })
  test('verify ends with 1 when something differs', async () => {
    await deliver(bed.old.lmtp, { to: 'bert@example.at', raw: 'Subject: late\r\n\r\nlate\r\n' })
    const { code, stdout } = await mailmove('verify', 'example.at')
    expect(code).toBe(1)
    expect(stdout).toMatch(/missing .*bert@example\.at: INBOX/)
  })
  test('status needs no password, and --quiet does not hide what was asked for', async () => {
    const { code, stdout, stderr } = await runCli(['status', '--quiet'], { cwd: folder })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Next for example\.at: mailmove copy example\.at$/m)
  })
  test('--quiet says nothing when all is well', async () => {
    expect(await mailmove('copy', 'example.at', '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' })
  })
})
