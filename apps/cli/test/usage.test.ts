import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { commandNames } from '../src/command-names.ts'
import { runCli } from './run-cli.ts'

const commands = [
  'init',
  'check',
  'survey',
  'accept',
  'plan',
  'warn',
  'provision',
  'copy',
  'verify',
  'export',
  'cutover',
  'announce',
  'password',
  'notices',
  'migrate',
  'catchup',
  'adopt',
  'log',
  'forget',
  'archive',
  'restore',
  'retire',
  'rollback',
  'explain',
  'status',
  'report',
  'serve',
]

test('texts know all of them', () => {
  expect(commandNames).toEqual(commands)
})

// Each test starts the program several times, on machines that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let cwd = ''
beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'mailmove-cli-'))
})
afterAll(() => rm(cwd, { recursive: true }))

describe('help', () => {
  test('names every command that works, and the exit codes', async () => {
    const { code, stdout, stderr } = await runCli(['--help'], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    const listed = stdout.slice(stdout.indexOf('Commands:'), stdout.indexOf('Exit codes:'))
    const names = Array.from(listed.matchAll(/^ {2}([a-z]+)/gm), (match) => match[1])
    expect(names).toEqual([...commands, 'help'])
  })
  const below = ['password reset', 'notices preview', 'notices send-test', 'notices site']
  test.each([...commands, ...below])(
    '%s has a purpose, an example, a guarantee, exit codes',
    async (command) => {
      const { code, stdout } = await runCli([...command.split(' '), '--help'], { cwd })
      expect(code).toBe(0)
      expect(stdout).toMatch(/^Usage: mailmove /)
      for (const part of ['Example', 'What it guarantees:', 'Exit codes:', '--json', '--config <file>'])
        expect(stdout).toContain(part)
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    },
  )
  test('says its version, as JSON too', async () => {
    expect((await runCli(['--version'], { cwd })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(JSON.parse((await runCli(['--json', '--version'], { cwd })).stdout)).toMatchObject({
      schema: 'mailmove.text/1',
    })
  })
})

describe('a wrong command line ends with 2, one sentence and nothing on stdout', () => {
  test.each([
    [['cpy'], /unknown command 'cpy' \(Did you mean copy\?\)/],
    [['copy', '--mailbx', 'a@b.at', 'b.at'], /unknown option '--mailbx' \(Did you mean --mailbox\?\)/],
    [['copy'], /missing required argument 'domain'/],
    [['plan', 'a.at', 'b.at'], /too many arguments/],
    [['accept', 'example.at', 'over-quota'], /required option '--reason <text>'/],
    [['status', '--verbose', '--quiet'], /cannot be used with/],
    [['retire', 'example.at'], /too many arguments/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args, { cwd })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/→ mailmove .*--help shows how it is used\./)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
  test('without a command the help is shown', async () => {
    const { code, stdout, stderr } = await runCli([], { cwd })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^Usage: mailmove/)
  })
  test('--json makes one document of it, wherever the option stands', async () => {
    for (const args of [
      ['--json', 'copy'],
      ['copy', '--json'],
    ]) {
      const { code, stdout } = await runCli(args, { cwd })
      expect(code).toBe(2)
      expect(JSON.parse(stdout)).toEqual({
        schema: 'mailmove.error/1',
        code: 'usage',
        message: "missing required argument 'domain'",
        remedy: 'mailmove copy --help shows how it is used.',
        exitCode: 2,
      })
    }
  })
  test('--json after -- is an argument', async () => {
    const { code, stdout } = await runCli(['plan', 'a.at', '--', '--json'], { cwd })
    expect([code, stdout]).toEqual([2, ''])
  })
  test('what was typed cannot steer the terminal', async () => {
    const { stderr } = await runCli(['\u001b[2J\u009bcopy'], { cwd })
    expect(stderr).toContain(String.raw`\x1b[2J\x9bcopy`)
    expect(stderr).toMatch(/^[^\p{Cc}]*(?:\n[^\p{Cc}]*)*$/u)
  })
})
