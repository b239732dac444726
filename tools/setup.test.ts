import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '..')
const wrapper = path.join(root, 'tools/with-setup.mjs')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mailmove-setup-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the wrapper; `whenUp` is called once the command behind it has printed something. */
async function run(
  args: readonly string[],
  options: {
    readonly through?: readonly string[]
    readonly path?: string
    readonly whenUp?: (pid: number) => void
  } = {},
): Promise<Outcome> {
  const [command = process.execPath, ...rest] = [
    ...(options.through ?? []),
    process.execPath,
    wrapper,
    ...args,
  ]
  const child = spawn(command, rest, {
    cwd: root,
    env: { HOME: process.env['HOME'], PATH: options.path ?? process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stdout.once('data', () => options.whenUp?.(child.pid ?? 0))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, stdout, stderr }
}

test('without a command it says how it is used', async () => {
  const { code, stdout, stderr } = await run([])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(/^usage: /)
})

test('the command runs with the Node that the project pins, whatever stands on the PATH', async () => {
  await writeFile(path.join(folder, 'node'), '#!/bin/sh\necho another one\n', { mode: 0o755 })
  const manifest: { optionalDependencies: Record<string, string> } = JSON.parse(
    await readFile(path.join(root, 'package.json'), 'utf8'),
  )
  const pinned = manifest.optionalDependencies[`node-linux-${process.arch}`]
  const { code, stdout } = await run(['node', '-p', 'process.version'], {
    path: `${folder}:${process.env['PATH'] ?? ''}`,
  })
  expect([code, stdout.trim()]).toEqual([0, `v${pinned}`])
})

test('its exit code is the command’s, its arguments arrive as they are', async () => {
  const script = 'console.log(JSON.stringify(process.argv.slice(1))); process.exit(7)'
  const { code, stdout } = await run(['node', '-e', script, 'a b', '$HOME', "it's", '--json'])
  expect(code).toBe(7)
  expect(JSON.parse(stdout)).toEqual(['a b', '$HOME', "it's", '--json'])
})

test('a command that is not there is named', async () => {
  const { code, stderr } = await run(['no-such-command'])
  expect(code).toBe(2)
  expect(stderr).toContain('no-such-command')
})

test('SIGTERM reaches the command, which decides what it means', async () => {
  const script =
    'process.on("SIGTERM", () => process.exit(9)); console.log("up"); setInterval(() => {}, 1000)'
  const { code } = await run(['node', '-e', script], { whenUp: (pid) => process.kill(pid, 'SIGTERM') })
  expect(code).toBe(9)
})

test('on another system the test bed is refused in one sentence, and nothing is run or downloaded', async () => {
  const release = path.join(folder, 'os-release')
  await writeFile(release, 'ID=plan9\nVERSION_ID="4"\nPRETTY_NAME="Plan 9 from Bell Labs"\n')
  const asUser = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const elsewhere = ['sh', '-c', 'mount --bind "$1" /etc/os-release && shift && exec "$@"', 'sh', release]
  const { code, stdout, stderr } = await run(['--testbed', 'echo', 'it runs'], {
    through: ['unshare', ...asUser, '--mount', ...elsewhere],
  })
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toContain('Plan 9 from Bell Labs')
})
