import { startTestbed, type Testbed } from '@iteg/testbed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SyncReport, VerifyReport } from '../../src/index.ts'
import { letter } from '../support/mailbox.ts'
import { MailboxPair } from '../support/pair.ts'
import { startRewritingServer } from '../support/scripted-server.ts'
import { shownDates } from './messages/shown-dates.ts'
import { RawMailbox } from './raw-mailbox.ts'

const started = Date.now()
let ended = started
let bed: Testbed
let report: SyncReport
let verified: VerifyReport
let dates: ReadonlyMap<string, number>

// A Dovecot in front of which somebody puts other dates: message n has second n of the century.
beforeAll(async () => {
  bed = await startTestbed({ only: ['imap'] })
  await using pair = await MailboxPair.make(bed)
  await pair.old.append(
    'INBOX',
    shownDates.map(({ name }, index) => ({
      text: letter(name),
      date: `01-Jan-2001 00:00:${String(index).padStart(2, '0')} +0000`,
    })),
  )
  await using other = await startRewritingServer(bed.old.imap, /01-Jan-2001 00:00:\d\d \+0000/g, (found) => {
    const index = Number(found.slice(18, 20))
    return shownDates[index]?.shown ?? found
  })
  const source = { ...pair.source, server: { ...pair.source.server, port: other.port } }
  report = await pair.sync({ source })
  ended = Date.now()
  verified = await pair.verify({ source })
  await using fresh = await RawMailbox.open(pair.target.server, pair.target.login)
  dates = new Map(
    (await fresh.messages('INBOX')).map(({ bytes, date }) => [
      /^Subject: (.*)\r$/m.exec(bytes.toString())?.[1] ?? '',
      date,
    ]),
  )
})

afterAll(() => bed.stop())

for (const { name, source, becomes } of shownDates)
  test(`${name} (${source})`, () => {
    const seconds = dates.get(name) ?? Number.NaN
    const isNow = seconds * 1000 >= started - 1000 && seconds * 1000 <= ended
    expect(isNow ? 'now' : `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`).toBe(becomes)
  })

test('what could not be kept is counted and named', () => {
  expect(report).toMatchObject({ outcome: 'complete', totals: { copied: shownDates.length } })
  expect(report.findings).toMatchObject([
    { code: 'dateReplaced', count: shownDates.filter(({ named }) => named).length },
  ])
  expect(verified).toMatchObject({ ok: true, totals: { matched: shownDates.length } })
})
