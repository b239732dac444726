import type { AdoptReport, ForgetReport, LogReport } from '@iteg/migration'
import { expect, test } from 'vitest'
import { renderAdopt } from './adopt.ts'
import { renderForget } from './forget.ts'
import { renderLog } from './log.ts'
import type { RenderStyle } from './style.ts'

const style: RenderStyle = {
  width: 200,
  paint: (_style, text) => text,
  verbose: false,
  typed: (text) => text,
}
const counts = {
  mailboxes: 2,
  done: 1,
  stillOnOldServer: 0,
  waiting: 1,
  notHandedOver: 0,
  inactive: 0,
  missing: 0,
}
const adopted: AdoptReport = {
  schema: 'mailmove.adopt/1',
  at: '2026-11-24T10:00:00.000Z',
  dryRun: false,
  domains: [
    {
      domain: 'example.at',
      outcome: 'waiting',
      mailboxes: [
        {
          mailbox: 'anna@example.at',
          state: 'done',
          ours: true,
          ownPassword: true,
          newLogins: [{ protocol: 'imap', at: '2026-11-23T10:00:00.000Z' }],
          oldLogins: [],
          reminders: [],
          onDigest: false,
          initialPassword: 'removed',
        },
        {
          mailbox: 'bob\u001B[31m@example.at',
          state: 'waiting',
          ours: true,
          ownPassword: false,
          newLogins: [],
          reminders: [1, 2],
          nextReminderAt: '2026-11-30T10:00:00.000Z',
          onDigest: false,
          initialPassword: 'kept',
        },
      ],
      counts,
      notices: [],
      noticeCounts: { sent: 0, already: 0, letters: 0, failed: 0, inDoubt: 0 },
      findings: [],
      next: 'mailmove adopt example.at --remind',
    },
  ],
  totals: counts,
  ok: true,
}

test('adopt names who waits, when they logged in, and what was removed', () => {
  const text = renderAdopt(adopted, style)
  expect(text).toContain('1 of 2 mailboxes done, 1 without an own password, 1 initial password removed')
  expect(text).toMatch(/anna@example\.at +done +2026-11-23 .*\(imap\) +never/)
  expect(text).toMatch(/no own password +never +\? +2 +reminder 2026-11-30/)
  expect(text).toContain('Next: mailmove adopt example.at --remind')
  expect(text).not.toContain('\u001B')
})

test('the log has a line a write, with who and what came of it', () => {
  const report: LogReport = {
    schema: 'mailmove.log/1',
    at: '2026-11-24T10:00:00.000Z',
    domains: [],
    entries: [
      {
        kind: 'run',
        at: '2026-11-24T09:00:00.000Z',
        domain: 'a.at',
        operation: 'provision',
        outcome: 'done',
      },
      {
        kind: 'write',
        at: '2026-11-24T09:00:01.000Z',
        domain: 'a.at',
        operator: 'jana',
        system: 'mailcow',
        operation: 'add-mailbox',
        item: 'anna@a.at',
        outcome: 'unknown',
        message: 'no answer\u0007',
      },
    ],
  }
  const text = renderLog(report, style)
  expect(text).toMatch(/jana +a\.at +mailcow +add-mailbox anna@a\.at +unknown +no answer/)
  expect(text).toContain('run of provision')
  expect(text).toContain('1 write, 1 run')
  expect(text).not.toContain('\u0007')
  expect(renderLog({ ...report, entries: [] }, style)).toBe('Nothing was written.')
})

test('forget says what is gone, and in a dry run what would be', () => {
  const report: ForgetReport = {
    schema: 'mailmove.forget/1',
    at: '2026-11-24T10:00:00.000Z',
    dryRun: true,
    domain: 'a.at',
    cutOverAt: '2026-08-01T10:00:00.000Z',
    retentionDays: 90,
    allowedFrom: '2026-10-30T10:00:00.000Z',
    folders: [{ kind: 'letters', path: '/data/letters/a.at', files: 3, bytes: 2048 }],
    secrets: 1,
    ok: true,
    next: 'mailmove forget a.at',
  }
  expect(renderForget(report, style)).toContain('3 files (2 KiB) and 1 sealed password would be removed')
  expect(renderForget({ ...report, dryRun: false }, style)).toContain('sealed password removed')
})
