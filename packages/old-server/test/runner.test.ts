import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { localRunner, type Runner, RunnerError, sshRunner } from '../src/index.ts'

let folder: string
let commands: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mailmove-runner-'))
  commands = await mkdtemp(path.join(tmpdir(), 'mailmove-runner-bin-'))
  // What sshd does with the words behind the destination: it gives them, joined, to the login shell.
  await writeFile(
    path.join(commands, 'ssh'),
    '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift 2\nexec sh -c "$*"\n',
    { mode: 0o755 },
  )
  vi.stubEnv('PATH', `${commands}:${process.env['PATH'] ?? ''}`)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
  await rm(commands, { recursive: true, force: true })
})

const HOSTILE = [
  'plain',
  'with blank',
  "quote's",
  'double"quote',
  '$(touch owned)',
  '`touch owned`',
  'semi;touch owned',
  'star*?[a]',
  'back\\slash',
  'new\nline',
  '&& touch owned #',
  '-rf',
]

const RUNNERS: readonly { readonly name: string; readonly open: () => Runner }[] = [
  { name: 'on this machine', open: () => localRunner() },
  { name: 'over ssh', open: () => sshRunner({ destination: 'root@mailhaus.example' }) },
]

const error = (code: string): unknown => expect.objectContaining({ name: RunnerError.name, code })

describe.each(RUNNERS)('$name', ({ open }) => {
  it.each(HOSTILE)('%j is a file name as any other', async (name) => {
    const runner = open()
    const file = path.join(folder, name)
    const content = `${name}\r\n\u00e4\u0000\n`
    expect(await runner.readFile(file)).toBeUndefined()
    await runner.writeFile(file, content)
    expect(await runner.readFile(file)).toBe(content)
    expect(await readFile(file, 'latin1')).toBe(content)
    await rm(file)
    expect(await readdir(folder)).toEqual([])
  })

  it.each(HOSTILE)('%j is an argument as any other', async (word) => {
    const { code, stdout } = await open().run(['printf', '[%s]', word, '', 'last'], { input: 'unread' })
    expect({ code, stdout }).toEqual({ code: 0, stdout: `[${word}][][last]` })
    expect(await readdir(folder)).toEqual([])
  })

  it('keeps the mode of a file that is replaced', async () => {
    const file = path.join(folder, 'secret.cf')
    await writeFile(file, 'old')
    await chmod(file, 0o640)
    await open().writeFile(file, 'new')
    expect((await stat(file)).mode & 0o7777).toBe(0o640)
    await rm(file)
    await open().writeFile(file, 'made')
    expect((await stat(file)).mode & 0o7777).toBe(0o644)
    await rm(file)
  })

  it('says what went wrong', async () => {
    const runner = open()
    await expect(runner.run(['mailmove-no-such-command'])).rejects.toEqual(error('missing'))
    await expect(runner.writeFile(path.join(folder, 'no/such/folder'), 'x')).rejects.toEqual(error('file'))
    await expect(runner.readFile(folder)).rejects.toEqual(error('file'))
    await expect(runner.run(['sleep', '60'], { timeoutMs: 50 })).rejects.toEqual(error('timeout'))
    expect(await runner.run(['sh', '-c', 'echo no >&2; exit 3'])).toMatchObject({ code: 3, stderr: 'no\n' })
    const stopped = AbortSignal.abort(new Error('enough'))
    await expect(runner.run(['true'], { signal: stopped })).rejects.toThrow('enough')
  })
})
