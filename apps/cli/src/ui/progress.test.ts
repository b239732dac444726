import type { MigrationEvent } from '@iteg/migration'
import { describe, expect, test } from 'vitest'
import { plain } from './paint.ts'
import { eventLine, progressLines, progressSummary } from './progress-lines.ts'
import { advance, type ProgressState, progressTotals, startProgress } from './progress-state.ts'
import { displayWidth } from './text.ts'

const mib = 2 ** 20
const of = (mailbox: string) => ({ stage: 'copy', domain: 'example.at', mailbox }) as const

/** A copy of three mailboxes after ten seconds: one done, two running. */
const events: readonly (readonly [number, MigrationEvent])[] = [
  [0, { type: 'stage-started', stage: 'copy', domains: ['example.at'] }],
  [
    0,
    {
      type: 'domain-started',
      stage: 'copy',
      domain: 'example.at',
      mailboxes: 3,
      total: { messages: 4000, bytes: 400 * mib },
    },
  ],
  [100, { type: 'mailbox-started', ...of('anna@example.at'), total: { messages: 3000, bytes: 300 * mib } }],
  [100, { type: 'mailbox-started', ...of('jörg@example.at'), total: { messages: 900, bytes: 90 * mib } }],
  [200, { type: 'mailbox-started', ...of('office@example.at'), total: { messages: 100, bytes: 10 * mib } }],
  [300, { type: 'mailbox-progress', ...of('anna@example.at'), done: { messages: 0, bytes: 0 } }],
  [
    2000,
    {
      type: 'mailbox-finished',
      ...of('office@example.at'),
      outcome: 'done',
      done: { messages: 100, bytes: 10 * mib },
    },
  ],
  [
    9000,
    {
      type: 'folder-started',
      ...of('jörg@example.at'),
      folder: 'Archiv/2019/Rechnungen/Übriges',
      messages: 400,
    },
  ],
  [
    10_000,
    {
      type: 'mailbox-progress',
      ...of('anna@example.at'),
      folder: 'INBOX',
      done: { messages: 900, bytes: 90 * mib },
    },
  ],
]

function after(list: readonly (readonly [number, MigrationEvent])[]): ProgressState {
  return list.reduce((state, [at, event]) => advance(state, event, at), startProgress(0))
}

describe('progressTotals', () => {
  test('sums up, measures the rate over the last half minute and tells the time left', () => {
    const totals = progressTotals(after(events))
    expect(totals).toMatchObject({
      done: { messages: 1000, bytes: 100 * mib },
      total: { messages: 4000, bytes: 400 * mib },
      share: 0.25,
      mailboxes: 3,
      mailboxesFinished: 1,
      failed: 0,
    })
    expect(totals.messagesPerSecond).toBeCloseTo(1000 / 9.7)
    expect(totals.leftMs).toBeCloseTo(3 * 9700)
  })
  test('says nothing about rate and time before it can know', () => {
    const totals = progressTotals(after(events.slice(0, 6)))
    expect(totals).not.toHaveProperty('leftMs')
    expect(totals).not.toHaveProperty('messagesPerSecond')
  })
  test('never goes beyond the whole when more mail is found than the survey knew', () => {
    const more: MigrationEvent = {
      type: 'mailbox-progress',
      ...of('anna@example.at'),
      done: { messages: 9000, bytes: 900 * mib },
    }
    expect(progressTotals(after([...events, [11_000, more]])).share).toBe(1)
  })
  test('counts a mailbox without news as a whole, though no byte of it was copied', () => {
    const started = events.slice(0, 5)
    const share = (from: typeof events) => progressTotals(after(from)).share
    const unchanged: MigrationEvent = {
      type: 'mailbox-finished',
      ...of('anna@example.at'),
      outcome: 'unchanged',
      done: { messages: 3000, bytes: 0 },
    }
    expect(share(started)).toBe(0)
    expect(share([...started, [1000, unchanged]])).toBe(0.75)
  })
  test('an event may be skipped: numbers are absolute', () => {
    const last = events.at(-1)
    expect(
      progressTotals(after([...events, ...(last === undefined ? [] : [last, last])])).done.messages,
    ).toBe(1000)
  })
})

describe('progressLines', () => {
  test.each([80, 120, 50])('at %i columns', (columns) => {
    const lines = progressLines(after(events), { columns, rows: 24 }, 10_500, plain)
    for (const line of lines) expect(displayWidth(line)).toBeLessThan(columns)
    expect(lines.join('\n')).toMatchSnapshot()
  })
  test('fits a low terminal', () => {
    const many = Array.from({ length: 30 }, (_, index): readonly [number, MigrationEvent] => [
      0,
      { type: 'mailbox-started', ...of(`user${index}@example.at`) },
    ])
    const lines = progressLines(after(many), { columns: 80, rows: 12 }, 0, plain)
    expect(lines.length).toBeLessThan(12)
    expect(lines).toContain('  and 23 more')
  })
  test('shows the write in hand while provisioning', () => {
    const state = after([
      [0, { type: 'domain-started', stage: 'provision', domain: 'example.at', mailboxes: 3 }],
      [
        0,
        {
          type: 'action-started',
          domain: 'example.at',
          action: { kind: 'delete-alias', item: 'x\u001b[2J@example.at', id: 7 },
        },
      ],
    ])
    expect(progressLines(state, { columns: 100, rows: 24 }, 1000, plain)).toEqual([
      String.raw`provisioning example.at · delete-alias x\x1b[2J@example.at · 0:01`,
    ])
  })
})

describe('without a terminal', () => {
  test('a line for what is worth one', () => {
    expect(events.map(([, event]) => eventLine(event)).filter((line) => line !== undefined)).toEqual([
      'example.at: copying 3 mailboxes',
      'office@example.at: done, 100 messages, 10 MiB',
    ])
    expect(
      eventLine({
        type: 'mailbox-finished',
        ...of('a\u001b[2J@example.at'),
        outcome: 'failed',
        done: { messages: 1, bytes: 1 },
        message: 'The old server refuses the login.',
      }),
    ).toBe(String.raw`a\x1b[2J@example.at: failed, 1 message, 1 B: The old server refuses the login.`)
  })
  test('a summary now and then', () => {
    expect(progressSummary(after(events))).toBe(
      'copying: 1,000 of 4,000 messages, 100 MiB, 1 of 3 mailboxes, 103/s, 0:29 left',
    )
  })
})
