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
    expect(progressSummary(after(events))).toEqual([
      'copying: 1,000 of 4,000 messages, 100 MiB, 1 of 3 mailboxes, 103/s, 0:29 left',
      '  anna@example.at: 900 of 3,000 messages, 90 MiB, 93/s, 0:23 left',
      '  jörg@example.at: 0 of 900 messages, 0 B',
    ])
  })
})

const waiting = (
  reason: Extract<MigrationEvent, { type: 'mailbox-waiting' }>['reason'],
  message: string,
  until?: number,
): readonly [number, MigrationEvent] => [
  10_100,
  {
    type: 'mailbox-waiting',
    ...of('anna@example.at'),
    reason,
    message,
    ...(until === undefined ? {} : { until: new Date(until).toISOString() }),
  },
]
const line = (list: readonly (readonly [number, MigrationEvent])[]) =>
  progressLines(after([...events, ...list]), { columns: 80, rows: 24 }, 10_500, plain)[1]

describe('what is waited for', () => {
  test.each([
    [
      waiting('backoff', 'the old server asks for patience: [LIMIT] too many', 22_500),
      '900 / 3,000  waits (0:12): the old server asks for p…',
    ],
    [waiting('connection', 'as many are open as may be'), '900 / 3,000  waits for a connection'],
    [waiting('throttled', 'held back'), '900 / 3,000  throttled'],
    [waiting('quota', 'full'), '900 / 3,000  quota full'],
  ])('%j', (event, expected) => {
    expect(line([event])).toContain(expected)
    expect(displayWidth(line([event]) ?? '')).toBeLessThan(80)
  })
  test('is over when something moves, but for our own cap', () => {
    const moved: readonly [number, MigrationEvent] = [
      10_300,
      { type: 'mailbox-progress', ...of('anna@example.at'), done: { messages: 910, bytes: 91 * mib } },
    ]
    expect(line([waiting('connection', 'x'), moved])).not.toContain('waits')
    expect(line([waiting('throttled', 'x'), moved])).toContain('throttled')
  })
  test('a plain line each', () => {
    const until = new Date(2026, 10, 24, 21, 5, 9).getTime()
    expect(eventLine(waiting('backoff', 'the old server was lost: \u001b[2J', until)[1])).toBe(
      String.raw`anna@example.at: waits: the old server was lost: \x1b[2J (until 21:05:09)`,
    )
    expect(eventLine(waiting('quota', 'The target mailbox is full.')[1])).toBe(
      'anna@example.at: The target mailbox is full.',
    )
  })
  test('a notice is not told for ever', () => {
    const state = after([
      ...events,
      [10_100, { type: 'notice', ...of('anna@example.at'), message: 'look here' }],
    ])
    const lines = (now: number) => progressLines(state, { columns: 80, rows: 24 }, now, plain).join('\n')
    expect(lines(11_000)).toContain('look here')
    expect(lines(60_000)).not.toContain('look here')
  })
})
