import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { temporaryFolder } from './support.ts'

/** A clock that goes on by a minute at every look. */
function ticking(): () => Date {
  let minutes = 0
  return () => {
    minutes += 1
    return new Date(Date.UTC(2026, 10, 24, 8, minutes))
  }
}

test('a stage is running, then ended, and survives the process', async () => {
  const workDir = temporaryFolder()
  {
    await using ledger = await openLedger(workDir, { now: ticking() })
    const run = await ledger.stages.start('example.at', 'survey')
    expect(run).toMatchObject({ domain: 'example.at', stage: 'survey', state: 'running' })
    expect(run).not.toHaveProperty('endedAt')
    await ledger.stages.finish(run.id, {
      state: 'done',
      summary: '8 mailboxes',
      report: { mailboxes: [1, 'ü'] },
    })
  }
  await using ledger = await openLedger(workDir)
  const run = await ledger.stages.latest('example.at', 'survey')
  expect(run).toEqual({
    id: 1,
    domain: 'example.at',
    stage: 'survey',
    state: 'done',
    summary: '8 mailboxes',
    operator: expect.any(String),
    startedAt: new Date('2026-11-24T08:01:00.000Z'),
    endedAt: new Date('2026-11-24T08:02:00.000Z'),
  })
  expect(await ledger.stages.report(1)).toEqual({ mailboxes: [1, 'ü'] })
  expect(await ledger.domains.get('example.at')).toMatchObject({ phase: 'mirror' })
})

test('a run that never ended is interrupted when the next one starts, in its domain only', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const lost = await ledger.stages.start('example.at', 'copy')
  const other = await ledger.stages.start('example.com', 'copy')
  await ledger.stages.start('example.at', 'verify')
  expect(await ledger.stages.latest('example.at', 'copy')).toMatchObject({
    id: lost.id,
    state: 'interrupted',
  })
  expect(await ledger.stages.latest('example.com', 'copy')).toMatchObject({ id: other.id, state: 'running' })
  await expect(ledger.stages.finish(lost.id, { state: 'done' })).rejects.toMatchObject({
    code: 'unknown_record',
  })
})

test('the last run is not the last good one', async () => {
  await using ledger = await openLedger(temporaryFolder())
  for (const state of ['done', 'failed', 'incomplete'] as const) {
    const run = await ledger.stages.start('example.at', 'copy')
    await ledger.stages.finish(run.id, { state, report: state })
  }
  const latest = await ledger.stages.latest('example.at', 'copy')
  const good = await ledger.stages.latestDone('example.at', 'copy')
  expect([latest?.state, good?.state]).toEqual(['incomplete', 'done'])
  // Their reports are kept, the one in between is not.
  expect(await Promise.all([1, 2, 3].map((id) => ledger.stages.report(id)))).toEqual([
    'done',
    undefined,
    'incomplete',
  ])
})

test('a stage that keeps no report in a run keeps the last good one', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const one = await ledger.stages.start('example.at', 'survey')
  await ledger.stages.finish(one.id, { state: 'done', report: 1 })
  const two = await ledger.stages.start('example.at', 'survey')
  await ledger.stages.finish(two.id, { state: 'failed' })
  expect(await ledger.stages.report(one.id)).toBe(1)
  expect(await ledger.stages.report(two.id)).toBeUndefined()
})

test('the overview has one row a stage and domain', async () => {
  await using ledger = await openLedger(temporaryFolder())
  for (const [domain, stage] of [
    ['b.at', 'survey'],
    ['a.at', 'survey'],
    ['a.at', 'provision'],
    ['a.at', 'survey'],
  ] as const)
    await ledger.stages.finish((await ledger.stages.start(domain, stage)).id, { state: 'done' })
  const overview = await ledger.stages.overview()
  expect(overview.map((run) => [run.domain, run.stage, run.id])).toEqual([
    ['a.at', 'provision', 3],
    ['a.at', 'survey', 4],
    ['b.at', 'survey', 1],
  ])
  expect(await ledger.stages.overview('b.at')).toHaveLength(1)
  expect((await ledger.domains.list()).map((each) => each.domain)).toEqual(['a.at', 'b.at'])
})

test('what is no JSON is refused, and an endless summary is cut', async () => {
  await using ledger = await openLedger(temporaryFolder())
  const run = await ledger.stages.start('example.at', 'survey')
  await expect(ledger.stages.finish(run.id, { state: 'done', report: () => 1 })).rejects.toMatchObject({
    code: 'invalid_record',
  })
  const ended = await ledger.stages.finish(run.id, { state: 'done', summary: 'x'.repeat(100_000) })
  expect(ended.summary).toHaveLength(4096)
})
