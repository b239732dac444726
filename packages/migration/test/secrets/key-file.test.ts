import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKeyFile, openKeyFile } from '../../src/secrets/key-file.ts'
import { open, seal } from '../../src/secrets/seal.ts'

let folder: string
let workDir: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailmove-key-'))
  workDir = join(folder, 'data')
  path = join(folder, 'mailmove.key')
})

afterEach(() => rm(folder, { recursive: true }))

const context = { domain: 'example.at', mailbox: 'anna@example.at', purpose: 'initial-password' }

test('a new key file is private, and opens to the same key every time', async () => {
  await createKeyFile(path, { workDir })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const sealed = seal(await openKeyFile(path, { workDir }), context, 'geheim')
  expect(open(await openKeyFile(path, { workDir }), context, sealed)).toBe('geheim')
  expect(await readdir(folder)).toEqual(['mailmove.key'])
})

test('is private under any umask', async () => {
  const before = process.umask(0)
  try {
    await createKeyFile(path, { workDir })
  } finally {
    process.umask(before)
  }
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('two files hold two keys', async () => {
  await createKeyFile(path, { workDir })
  await createKeyFile(`${path}2`, { workDir })
  const [one, two] = [await openKeyFile(path, { workDir }), await openKeyFile(`${path}2`, { workDir })]
  expect(one.id).not.toBe(two.id)
})

test('never overwrites, not even an empty file or a dangling link', async () => {
  await writeFile(path, '')
  await expect(createKeyFile(path, { workDir })).rejects.toMatchObject({ code: 'key_exists' })
  expect(await readFile(path, 'utf8')).toBe('')
  await symlink(join(folder, 'nowhere'), `${path}2`)
  await expect(createKeyFile(`${path}2`, { workDir })).rejects.toMatchObject({ code: 'key_exists' })
  expect((await readdir(folder)).toSorted()).toEqual(['mailmove.key', 'mailmove.key2'])
})

test('of many that make it at once, one does', async () => {
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => createKeyFile(path, { workDir })))
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
  expect(await readdir(folder)).toEqual(['mailmove.key'])
})

test('says when the folder is missing', async () => {
  await expect(createKeyFile(join(folder, 'no', 'key'), { workDir })).rejects.toMatchObject({
    code: 'key_inaccessible',
    hint: expect.stringContaining(join(folder, 'no')),
  })
})

test.each([0o640, 0o604, 0o620, 0o601, 0o644])('refuses mode %o, and names the command', async (mode) => {
  await createKeyFile(path, { workDir })
  await chmod(path, mode)
  await expect(openKeyFile(path, { workDir })).rejects.toMatchObject({
    code: 'key_readable_by_others',
    hint: `run: chmod 600 ${path}`,
  })
})

describe('inside the working folder', () => {
  test('is neither made nor read there', async () => {
    await mkdir(workDir)
    const inside = join(workDir, 'mailmove.key')
    await expect(createKeyFile(inside, { workDir })).rejects.toMatchObject({ code: 'key_inside_work_dir' })
    await createKeyFile(inside, { workDir: join(folder, 'elsewhere') })
    await expect(openKeyFile(inside, { workDir })).rejects.toMatchObject({ code: 'key_inside_work_dir' })
  })

  test('nor through a link, in either direction, nor before the folder exists', async () => {
    await expect(createKeyFile(join(workDir, 'x', 'key'), { workDir })).rejects.toMatchObject({
      code: 'key_inside_work_dir',
    })
    await mkdir(workDir)
    const inside = join(workDir, 'real.key')
    await createKeyFile(inside, { workDir: join(folder, 'elsewhere') })
    await symlink(inside, path)
    await expect(openKeyFile(path, { workDir })).rejects.toMatchObject({ code: 'key_inside_work_dir' })
    await symlink(workDir, join(folder, 'alias'))
    await expect(openKeyFile(join(folder, 'alias', 'real.key'), { workDir })).rejects.toMatchObject({
      code: 'key_inside_work_dir',
    })
    await expect(openKeyFile(inside, { workDir: join(folder, 'alias') })).rejects.toMatchObject({
      code: 'key_inside_work_dir',
    })
    const outside = join(folder, 'outside.key')
    await createKeyFile(outside, { workDir })
    await symlink(outside, join(workDir, 'link.key'))
    await expect(openKeyFile(join(workDir, 'link.key'), { workDir })).rejects.toMatchObject({
      code: 'key_inside_work_dir',
    })
  })

  test('a folder whose name only begins the same is another one', async () => {
    await mkdir(`${workDir}-keys`)
    const beside = join(`${workDir}-keys`, 'mailmove.key')
    await createKeyFile(beside, { workDir })
    await expect(openKeyFile(beside, { workDir })).resolves.toHaveProperty('id')
  })
})

test('a missing key says what a lost one means', async () => {
  await expect(openKeyFile(path, { workDir })).rejects.toMatchObject({
    code: 'key_missing',
    hint: expect.stringContaining('password reset'),
  })
})

test.each([
  ['nothing', ''],
  ['something else', '-----BEGIN PRIVATE KEY-----\n'],
  ['half a key', `mailmove-key-1 ${'A'.repeat(20)}\n`],
  ['a key of a later kind', `mailmove-key-2 ${'A'.repeat(43)}\n`],
  ['too much', `mailmove-key-1 ${'A'.repeat(43)}${' '.repeat(5000)}\n`],
])('a file with %s is not a key, and is not quoted', async (_, text) => {
  await writeFile(path, text, { mode: 0o600 })
  const error: unknown = await openKeyFile(path, { workDir }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'key_malformed' })
  expect(inspect(error)).not.toContain('AAAA')
})

test('a folder or a pipe in its place is refused, and does not hang', async () => {
  await mkdir(path)
  await expect(openKeyFile(path, { workDir })).rejects.toMatchObject({ code: 'key_malformed' })
  execFileSync('/usr/bin/mkfifo', ['-m', '600', `${path}2`])
  await expect(openKeyFile(`${path}2`, { workDir })).rejects.toMatchObject({ code: 'key_malformed' })
})
