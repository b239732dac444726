import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { startTestbed } from '../src/index.ts'
import { nodeFlags, nothing, processesOf, start, startMain, traces } from './bed-process.ts'
import { RawImap } from './raw-imap.ts'

/** What `kill -9` leaves is taken away by somebody else: that is waited for, up to a limit. */
const patient = { timeout: 10_000, interval: 20 }

async function dirOf(firstLine: Promise<string>): Promise<string> {
  const { dir }: { dir: string } = JSON.parse(await firstLine)
  return dir
}

test('stopping ends every process and removes the folder', async () => {
  const bed = await startTestbed()
  expect(processesOf(bed.dir).length).toBeGreaterThan(3)
  await bed.stop()
  expect(traces(bed.dir)).toEqual(nothing)
  await bed.stop()
})

test('two beds at once do not meet', async () => {
  await using one = await startTestbed()
  await using other = await startTestbed()
  const { address, password } = await one.addOldMailbox('anna@twice.test')
  await using imap = await RawImap.login(one.old.imap, address, password)
  expect((await imap.command('NOOP')).status).toBe('OK')
  await expect(RawImap.login(other.old.imap, address, password)).rejects.toThrow('AUTHENTICATIONFAILED')
  await other.stop()
  expect((await imap.command('NOOP')).status).toBe('OK')
  expect(traces(other.dir)).toEqual(nothing)
})

test('kill -9 of the process that started a bed leaves no process and no folder', async () => {
  const { child, firstLine, finished } = startMain('--json', '--only', 'mailcow')
  const dir = await dirOf(firstLine)
  expect(processesOf(dir).length).toBeGreaterThan(3)
  child.kill('SIGKILL')
  await finished
  await expect.poll(() => traces(dir), patient).toEqual(nothing)
})

test('kill -9 in the middle of the start leaves nothing either', async () => {
  const parent = mkdtempSync(path.join(tmpdir(), 'mailmove-test-'))
  try {
    for (const moment of ['sandbox', 'certificates', 'old', 'new', 'inventory.yaml']) {
      const dir = path.join(parent, moment)
      const { child, finished } = startMain('--json', '--dir', dir, '--only', 'imap')
      await expect.poll(() => exists(path.join(dir, moment)), { ...patient, interval: 1 }).toBe(true)
      child.kill('SIGKILL')
      await finished
      await expect.poll(() => traces(dir), patient).toEqual(nothing)
    }
  } finally {
    rmSync(parent, { recursive: true })
  }
})

function exists(file: string): boolean {
  return readdirSync(path.dirname(path.dirname(file))).includes(path.basename(path.dirname(file)))
    ? readdirSync(path.dirname(file)).includes(path.basename(file))
    : false
}

test('kill -9 of whoever started the program ends it, and all it made', async () => {
  // As npm does: a process that starts ours, hands on what it prints and waits.
  const script = `const { spawn } = require('node:child_process')
    spawn(process.execPath, process.argv.slice(1), { stdio: 'inherit' })`
  const main = path.resolve(import.meta.dirname, '../src/main.ts')
  const { child, firstLine, finished } = start(process.execPath, [
    '-e',
    script,
    '--',
    ...nodeFlags,
    main,
    '--json',
  ])
  const dir = await dirOf(firstLine)
  child.kill('SIGKILL')
  // Our program has the pipe, too: it is closed when that one has ended as well.
  await finished
  await expect.poll(() => traces(dir), patient).toEqual(nothing)
})

test('when its guard is killed the servers end, and the bed still leaves nothing', async () => {
  const bed = await startTestbed()
  const guard = processesOf(bed.dir).find((line) => line.includes('reaper.sh'))
  process.kill(Number(guard?.split(' ')[0]), 'SIGKILL')
  await expect.poll(() => traces(bed.dir), patient).toEqual(nothing)
  await bed.stop()
})

test.for(['SIGTERM', 'SIGINT'] as const)('%s ends the program cleanly', async (signal) => {
  const { child, firstLine, finished } = startMain('--json', '--only', 'mailcow')
  const dir = await dirOf(firstLine)
  child.kill(signal)
  expect(await finished).toMatchObject({ code: 0, stderr: '' })
  expect(traces(dir)).toEqual(nothing)
})

test('a folder that was there stays, empty; one that holds something is refused', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'mailmove-test-'))
  try {
    const bed = await startTestbed({ dir, only: ['imap'] })
    expect(readdirSync(dir)).not.toEqual([])
    await bed.stop()
    expect(readdirSync(dir)).toEqual([])
    writeFileSync(path.join(dir, 'precious'), '')
    await expect(startTestbed({ dir })).rejects.toMatchObject({ code: 'usage' })
    expect(readdirSync(dir)).toEqual(['precious'])
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('an aborted start, and an aborted bed, leave nothing', async () => {
  await expect(startTestbed({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  const controller = new AbortController()
  const bed = await startTestbed({ only: ['imap'], signal: controller.signal })
  controller.abort()
  await expect.poll(() => traces(bed.dir), patient).toEqual(nothing)
})

test('settings that Dovecot refuses are reported with its own words, and nothing is left', async () => {
  const dir = path.join(tmpdir(), `mailmove-test-${process.pid}`)
  await expect(startTestbed({ dir, oldSettings: 'no_such_setting = 1' })).rejects.toThrow(
    /the old Dovecot did not start.*no_such_setting/s,
  )
  expect(traces(dir)).toEqual(nothing)
})

test('the machine is as it was: nothing of the servers is visible outside', async () => {
  const before = readdirSync('/usr/lib').join('\n')
  await using bed = await startTestbed({ only: ['imap'] })
  expect((await bed.run('ls', ['/usr/lib/dovecot'])).stdout).toContain('imap')
  expect(readdirSync('/usr/lib').join('\n')).toBe(before)
})
