import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { SyncState } from '@iteg/imap-sync'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { DOMAIN, expectedState, expectedWrites, MAILBOX, seen } from './crash-steps.ts'
import { type Program, start, temporaryFolder } from './support.ts'

const CRASH_PROGRAM = new URL('./crash-program.ts', import.meta.url)

const ROUNDS = 25

/** The last step that the program told, and whatever was still in the pipe. */
async function lastTold(program: Program, before: number): Promise<number> {
  let last = before
  for (let line = await program.lines.next(); line.done !== true; line = await program.lines.next())
    last = Number(line.value)
  return last
}

async function contents(state: SyncState) {
  return {
    folders: await state.folders(),
    messages: await state.messages('INBOX'),
    intents: await state.intents(),
  }
}

/** How many steps the ledger holds, if it holds exactly the first so many steps, whole. */
async function stepsIn(workDir: string, candidates: readonly number[]): Promise<number> {
  await using ledger = await openLedger(workDir)
  const actual = {
    ...(await contents(ledger.syncState(MAILBOX))),
    writes: seen(await ledger.writes.list(DOMAIN)),
  }
  const expected: unknown[] = []
  for (const steps of candidates) {
    const state = { ...(await contents(await expectedState(steps))), writes: expectedWrites(steps) }
    if (JSON.stringify(state) === JSON.stringify(actual)) return steps
    expected.push(state)
  }
  expect(actual).toEqual(expected[0])
  throw new Error('unreachable')
}

test(`kill -9, ${ROUNDS} times at random moments: everything that was confirmed is there, and nothing by halves`, async () => {
  const workDir = temporaryFolder()
  let done = 0
  let killedUnconfirmed = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    await using program = start(CRASH_PROGRAM, workDir, String(done))
    let told = done - 1
    for (let count = Math.trunc(Math.random() * 12); count > 0; count -= 1)
      told = Number(await program.next())
    // The moment is meant to be any; nothing waits for it.
    await pause(Math.random() * 8)
    await program.kill()
    told = await lastTold(program, told)
    const steps = await stepsIn(workDir, [told + 1, told + 2])
    if (steps === told + 2) killedUnconfirmed += 1
    done = steps
    const database = new DatabaseSync(join(workDir, 'ledger.sqlite'))
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    expect(database.prepare('pragma foreign_key_check').all()).toEqual([])
    database.close()
  }
  expect(done).toBeGreaterThan(ROUNDS)
  expect(killedUnconfirmed).toBeLessThan(ROUNDS)
}, 120_000)

test('who only reads sees whole steps while another process writes, and neither waits for the other', async () => {
  const workDir = temporaryFolder()
  await using program = start(CRASH_PROGRAM, workDir, '0')
  let told = Number(await program.next())
  await using reading = await openLedger(workDir, { mode: 'read', busyTimeoutMs: 0 })
  const state = reading.syncState(MAILBOX)
  for (let round = 0; round < 20; round += 1) {
    told = Number(await program.next())
    const intents = await state.intents()
    const writes = seen(await reading.writes.list(DOMAIN))
    const { pairs, setAside } = await state.messages('INBOX')
    // Run-length rows of a batch come and go together, with the record that was set aside in the same step.
    expect(pairs.length % 300).toBe(0)
    expect(setAside).toHaveLength(pairs.length / 300)
    expect(intents.length).toBeLessThanOrEqual(1)
    expect(writes.length).toBeGreaterThanOrEqual(expectedWrites(told + 1).length)
    expect(await reading.lockHolder(DOMAIN)).toMatchObject({ pid: program.pid })
    expect(await reading.stages.overview()).toEqual([])
  }
  expect(told).toBeGreaterThan(15)
}, 60_000)
