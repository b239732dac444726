import { existsSync, readdirSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { start, temporaryFolder } from './support.ts'

const LOCK_PROGRAM = new URL('./lock-program.ts', import.meta.url)

// Several Node processes start here, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

test('the second run is told who works on the domain: process, host, since when, command', async () => {
  const workDir = temporaryFolder()
  await using first = start(LOCK_PROGRAM, workDir, 'example.at', 'mailmove copy example.at')
  expect(await first.next()).toBe(`locked ${first.pid}`)
  await using ledger = await openLedger(workDir)
  await expect(ledger.lockDomain('example.at', { command: 'mailmove copy' })).rejects.toMatchObject({
    code: 'domain_locked',
    message: expect.stringMatching(
      new RegExp(
        `^example\\.at is being worked on by process ${first.pid} on .+ since .+ \\(mailmove copy example\\.at\\)$`,
      ),
    ),
    holder: {
      pid: first.pid,
      host: hostname(),
      command: 'mailmove copy example.at',
      since: expect.any(Date),
    },
  })
})

test('other domains are free', async () => {
  const workDir = temporaryFolder()
  await using first = start(LOCK_PROGRAM, workDir, 'example.at', 'copy')
  await first.next()
  await using ledger = await openLedger(workDir)
  await using lock = await ledger.lockDomain('example.com', { command: 'copy' })
  expect(lock.holder.domain).toBe('example.com')
})

test('kill -9 frees it, at once and every time', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  for (let round = 0; round < 5; round += 1) {
    await using holder = start(LOCK_PROGRAM, workDir, 'example.at', `round ${round}`)
    expect(await holder.next()).toBe(`locked ${holder.pid}`)
    expect(await ledger.lockHolder('example.at')).toMatchObject({
      pid: holder.pid,
      command: `round ${round}`,
    })
    await holder.kill()
    expect(await ledger.lockHolder('example.at')).toBeUndefined()
    await using lock = await ledger.lockDomain('example.at', { command: 'after the crash' })
    expect(lock.holder.pid).toBe(process.pid)
  }
})

test('of many processes that start at once exactly one gets it, and all others name that one', async () => {
  const workDir = temporaryFolder()
  const programs = Array.from({ length: 6 }, (_, index) =>
    start(LOCK_PROGRAM, workDir, 'example.at', `run ${index}`),
  )
  try {
    const answers = await Promise.all(programs.map((program) => program.next()))
    const winners = answers.filter((answer) => answer.startsWith('locked'))
    expect(winners).toHaveLength(1)
    const winner = answers.findIndex((answer) => answer.startsWith('locked'))
    for (const answer of answers.filter((each) => !each.startsWith('locked')))
      expect(answer).toBe(`refused ${programs[winner]?.pid} run ${winner}`)
  } finally {
    await Promise.all(programs.map((program) => program.kill()))
  }
})

test('a command that looks does not take it, and does not disturb who wants it', async () => {
  const workDir = temporaryFolder()
  await using reading = await openLedger(workDir)
  await using ledger = await openLedger(workDir)
  expect(await reading.lockHolder('example.at')).toBeUndefined()
  expect(existsSync(join(workDir, 'locks'))).toBe(false)
  for (let round = 0; round < 20; round += 1) {
    const [, lock] = await Promise.all([
      reading.lockHolder('example.at'),
      ledger.lockDomain('example.at', { command: `round ${round}` }),
    ])
    expect(await reading.lockHolder('example.at')).toMatchObject({ command: `round ${round}` })
    await lock.release()
  }
})

test('holds within one process too, and after a release, also a repeated one, it is free', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await using other = await openLedger(workDir)
  const lock = await ledger.lockDomain('example.at', { command: 'one' })
  await expect(ledger.lockDomain('example.at', { command: 'two' })).rejects.toMatchObject({
    code: 'domain_locked',
  })
  await expect(other.lockDomain('example.at', { command: 'two' })).rejects.toMatchObject({
    code: 'domain_locked',
  })
  // Somebody who looked must not have cost us the lock (POSIX locks go when any descriptor is closed).
  expect(await other.lockHolder('example.at')).toMatchObject({ command: 'one' })
  await using stranger = start(LOCK_PROGRAM, workDir, 'example.at', 'three')
  expect(await stranger.next()).toBe(`refused ${process.pid} one`)
  await lock.release()
  await lock.release()
  const next = await other.lockDomain('example.at', { command: 'two' })
  await lock.release()
  expect(await ledger.lockHolder('example.at')).toMatchObject({ command: 'two' })
  await next.release()
})

test('closing the ledger releases what it holds', async () => {
  const workDir = temporaryFolder()
  const ledger = await openLedger(workDir)
  await ledger.lockDomain('example.at', { command: 'forgotten' })
  await ledger.close()
  await using other = await openLedger(workDir)
  await using lock = await other.lockDomain('example.at', { command: 'next' })
  expect(lock.holder.command).toBe('next')
})

test('lock files are private, and no domain name leads out of their folder', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  for (const domain of ['../../evil', '..', 'müller.at', `${'x'.repeat(63)}.${'ü'.repeat(100)}`])
    await (await ledger.lockDomain(domain, { command: 'copy' })).release()
  const names = readdirSync(join(workDir, 'locks'))
  expect(names).toHaveLength(4)
  for (const name of names) {
    expect(name).toMatch(/^[a-z0-9%.-]{1,210}\.sqlite$/)
    expect(statSync(join(workDir, 'locks', name)).mode & 0o777).toBe(0o600)
  }
  expect(statSync(join(workDir, 'locks')).mode & 0o777).toBe(0o700)
})

test('an endless command line is cut', async () => {
  const workDir = temporaryFolder()
  await using ledger = await openLedger(workDir)
  await using lock = await ledger.lockDomain('example.at', { command: 'x'.repeat(10_000) })
  expect(lock.holder.command.length).toBeLessThanOrEqual(200)
})
