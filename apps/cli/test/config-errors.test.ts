import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runCli } from './run-cli.ts'

// Each test starts the program several times, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let cwd = ''
beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'mailmove-cli-'))
})
afterEach(() => rm(cwd, { recursive: true }))

const broken = `old:
  imap: { host: "old example", prt: 993 }
  master: { user: migrator, password: "geheim\u001b[2J" }
  inventory: [{ kind: file, path: inventory.yaml }]
new:
  mailcow: { url: https://mailcow.example, apiKey: "\${NOPE}" }
  master: { user: m@mailcow.local, password: "\${NOPE}" }
copy: { mailboxesAtOnce: 0 }
`

describe('a wrong configuration ends with 2 and names everything at once', () => {
  test('with file, line and column, for people', async () => {
    await writeFile(path.join(cwd, 'mailmove.yaml'), broken)
    const { code, stdout, stderr } = await runCli(['check'], { cwd })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^mailmove\.yaml:2:17: .*host/m)
    expect(stderr).toMatch(/^mailmove\.yaml:2:32: .*prt.*did you mean port\?/m)
    expect(stderr).toMatch(/^mailmove\.yaml:3:\d+: .*a secret must not stand in this file/m)
    expect(stderr).toMatch(/^mailmove\.yaml:6:\d+: .*NOPE is not set/m)
    expect(stderr).toMatch(/^mailmove\.yaml:8:\d+: .*mailboxesAtOnce/m)
    expect(stderr).not.toContain('geheim')
  })
  test('as one document', async () => {
    await writeFile(path.join(cwd, 'mailmove.yaml'), broken)
    const { code, stdout } = await runCli(['--json', 'status'], { cwd })
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'mailmove.error/1',
      code: 'config_invalid',
      exitCode: 2,
      message: expect.stringContaining('mailmove.yaml'),
      remedy: expect.any(String),
      problems: expect.arrayContaining([
        expect.objectContaining({
          file: 'mailmove.yaml',
          line: 2,
          column: 32,
          suggestion: 'did you mean port?',
        }),
      ]),
    })
  })
  test('a missing file says how to make one', async () => {
    const { code, stderr } = await runCli(['check', '--config', 'elsewhere.yaml'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toBe(
      'error: elsewhere.yaml: there is no such file\n→ mailmove --config elsewhere.yaml init writes one\n',
    )
  })
})

describe('init', () => {
  test('writes a configuration and a key for nobody else, and tells what is left to do', async () => {
    const args = [
      'init',
      '--yes',
      '--old-host',
      'mail.old.example',
      '--mailcow-url',
      'https://mail.new.example',
    ]
    const { code, stdout } = await runCli([...args, '--json'], { cwd })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'mailmove.init/1',
      written: [path.join(cwd, 'mailmove.yaml'), path.join(cwd, 'mailmove.key')],
      kept: [],
      variables: ['OLD_MASTER_PASSWORD', 'MAILCOW_API_KEY', 'NEW_MASTER_PASSWORD'],
      missing: ['inventory.yaml'],
    })
    for (const file of ['mailmove.yaml', 'mailmove.key'])
      expect((await stat(path.join(cwd, file))).mode & 0o777).toBe(0o600)
    // What it wrote is valid: status needs no password and finds nothing to complain about.
    await writeFile(path.join(cwd, 'inventory.yaml'), 'domains: []\n')
    const status = await runCli(['status', '--json'], { cwd })
    expect([status.code, JSON.parse(status.stdout)]).toEqual([0, expect.objectContaining({ domains: [] })])
  })
  test('overwrites nothing, and makes only what is missing', async () => {
    await runCli(['init', '--yes'], { cwd })
    const again = await runCli(['init', '--yes'], { cwd })
    expect([again.code, again.stdout]).toEqual([2, ''])
    expect(again.stderr).toMatch(/mailmove\.yaml and .*mailmove\.key exist already and are left as they are/)
    await rm(path.join(cwd, 'mailmove.key'))
    const third = await runCli(['init', '--yes'], { cwd })
    expect(third.code).toBe(0)
    expect(third.stdout).toMatch(/^written {2}.*mailmove\.key\nkept {5}.*mailmove\.yaml/)
  })
  test('asks nothing without a terminal, and says how', async () => {
    const { code, stderr } = await runCli(['init'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(/→ .*mailmove init --yes --old-host/)
  })
  test('--dry-run shows the file and writes nothing', async () => {
    const { code, stdout } = await runCli(['init', '--dry-run', '--old-host', 'mail.old.example'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {4}host: mail\.old\.example$/m)
    await expect(stat(path.join(cwd, 'mailmove.yaml'))).rejects.toThrow('ENOENT')
  })
  test('answers that cannot be right are refused before anything is written', async () => {
    const { code, stderr } = await runCli(['init', '--yes', '--mailcow-url', 'mailcow'], { cwd })
    expect(code).toBe(2)
    expect(stderr).toMatch(/URL of mailcow looks like https:/)
    await expect(stat(path.join(cwd, 'mailmove.key'))).rejects.toThrow('ENOENT')
  })
})

test('a key that others can read is refused, and the way out is said', async () => {
  await runCli(['init', '--yes'], { cwd })
  await chmod(path.join(cwd, 'mailmove.key'), 0o644)
  const env = { OLD_MASTER_PASSWORD: 'x', MAILCOW_API_KEY: 'x', NEW_MASTER_PASSWORD: 'x' }
  await writeFile(path.join(cwd, 'inventory.yaml'), 'domains: []\n')
  const { stdout } = await runCli(['check'], { cwd, env })
  expect(stdout).toMatch(/FAILED +secrets\.key/)
  expect(stdout).toContain('chmod 600')
})
