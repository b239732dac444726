import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { MigrationEvent } from '../stages/events.ts'
import { silent } from '../stages/logger.ts'
import { progressPath, type ProgressUpdate, readProgress } from './progress-file.ts'
import { ProgressRecorder } from './progress-recorder.ts'

const start = Date.parse('2026-11-24T20:00:00.000Z')
const subject = { stage: 'copy', domain: 'example.at', mailbox: 'anna@example.at' } as const

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'mailmove-progress-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

function recorder(workDir: string, open?: () => { write(update: ProgressUpdate): boolean } & Disposable) {
  const clock = { ms: start }
  const warnings: string[] = []
  const recording = new ProgressRecorder({
    workDir,
    logger: { ...silent, warn: (_fields, message) => void warnings.push(message) },
    now: () => new Date(clock.ms),
    ...(open === undefined ? {} : { open }),
  })
  return { clock, warnings, recording, tell: (event: MigrationEvent) => recording.onEvent(event) }
}

const total = { messages: 100, bytes: 10_000 }
const started: readonly MigrationEvent[] = [
  { type: 'domain-started', stage: 'copy', domain: 'example.at', mailboxes: 1, total },
  { type: 'mailbox-started', ...subject, total },
]
const progress = (messages: number, mailbox: string = subject.mailbox): MigrationEvent => ({
  type: 'mailbox-progress',
  ...subject,
  mailbox,
  done: { messages, bytes: messages * 100 },
  total,
})

describe('what a stage tells of its mailboxes', () => {
  test('is seen by others while it runs, waits and ends', () => {
    const workDir = folder()
    const { clock, recording, tell } = recorder(workDir)
    for (const event of started) tell(event)
    clock.ms += 1000
    tell(progress(10))
    expect(readProgress(workDir, 'example.at').mailboxes).toEqual([
      {
        mailbox: 'anna@example.at',
        stage: 'copy',
        state: 'running',
        startedAt: '2026-11-24T20:00:00.000Z',
        at: '2026-11-24T20:00:01.000Z',
        done: { messages: 10, bytes: 1000 },
        total,
      },
    ])
    clock.ms += 1000
    tell({ type: 'mailbox-waiting', ...subject, reason: 'backoff', message: 'The old server was lost.' })
    expect(readProgress(workDir, 'example.at').mailboxes).toMatchObject([
      { state: 'waiting', message: 'The old server was lost.', done: { messages: 10 } },
    ])
    clock.ms += 1000
    tell({ type: 'mailbox-finished', ...subject, outcome: 'done', done: total })
    tell({ type: 'domain-finished', stage: 'copy', domain: 'example.at', outcome: 'done' })
    const seen = readProgress(workDir, 'example.at')
    expect(seen.mailboxes).toMatchObject([{ state: 'done', done: total }])
    expect(seen.mailboxes[0]).not.toHaveProperty('message')
    expect(seen.runs).toMatchObject([{ stage: 'copy', total, startedAt: '2026-11-24T20:00:00.000Z' }])
    expect(seen.runs[0]?.samples.map(({ messages }) => messages)).toEqual([0, 10, 10, 100])
    expect(readProgress(workDir, 'example.org')).toEqual({ mailboxes: [], runs: [] })
    recording[Symbol.dispose]()
  })

  test('is written at most once a second, however many mailboxes tell how much', () => {
    const updates: ProgressUpdate[] = []
    const { clock, tell } = recorder('', () => ({
      write: (update) => updates.push(update) > 0,
      [Symbol.dispose]: () => undefined,
    }))
    for (const event of started) tell(event)
    for (let n = 0; n < 5000; n += 1) {
      clock.ms += 1
      tell(progress(n, `box${n % 50}@example.at`))
      if (n < 50) tell({ type: 'mailbox-started', ...subject, mailbox: `box${n}@example.at` })
    }
    expect(updates.length).toBe(6)
  })

  test('keeps a bounded curve of a run that takes days', () => {
    const workDir = folder()
    const { clock, tell } = recorder(workDir)
    for (const event of started) tell(event)
    for (let n = 1; n <= 3000; n += 1) {
      clock.ms += 1000
      tell(progress(n))
    }
    const [run] = readProgress(workDir, 'example.at').runs
    const samples = run?.samples ?? []
    expect(samples.length).toBeGreaterThan(150)
    expect(samples.length).toBeLessThanOrEqual(401)
    expect(samples.at(-1)?.messages).toBeGreaterThan(2980)
    expect(samples.map(({ messages }) => messages)).toEqual(
      samples.map(({ messages }) => messages).toSorted((one, other) => one - other),
    )
  })

  test('keeps the last three runs of a stage', () => {
    const workDir = folder()
    const { clock, tell } = recorder(workDir)
    for (let n = 0; n < 5; n += 1) {
      for (const event of started) tell(event)
      clock.ms += 60_000
      tell({ type: 'domain-finished', stage: 'copy', domain: 'example.at', outcome: 'done' })
    }
    const { runs } = readProgress(workDir, 'example.at')
    expect(runs.map(({ startedAt }) => Date.parse(startedAt) - start)).toEqual([120_000, 180_000, 240_000])
  })

  test('of a part of another stage begins with its first mailbox', () => {
    const workDir = folder()
    const { clock, tell } = recorder(workDir)
    tell({ type: 'mailbox-started', ...subject })
    clock.ms += 1000
    tell(progress(3))
    expect(readProgress(workDir, 'example.at').mailboxes).toMatchObject([{ done: { messages: 3 } }])
  })

  test('stops nothing when it cannot be written: said once', () => {
    const { clock, warnings, tell } = recorder('/nowhere/at/all')
    for (const event of started) tell(event)
    clock.ms += 5000
    tell(progress(1))
    clock.ms += 5000
    tell(progress(2))
    expect(warnings).toEqual(['progress is not recorded any more; the work itself goes on'])
  })
})

test('a file that is no database is no progress', () => {
  const workDir = folder()
  writeFileSync(progressPath(workDir), 'something else, quite long, and not a database at all'.repeat(50))
  expect(readProgress(workDir, 'example.at')).toEqual({ mailboxes: [], runs: [] })
})
