import { describe, expect, it } from 'vitest'
import type { RecordedStep } from '../ledger/cutover-steps.ts'
import type { Stage, StageRun } from '../ledger/stages.ts'
import { mailFlowActions, type MailFlowFacts, mailFlowState } from './mail-flow-status.ts'

const at = new Date('2026-01-01T00:00:00Z')
const runs = (...stages: readonly (readonly [Stage, StageRun['state']])[]): readonly StageRun[] =>
  stages.map(([stage, state], index) => ({
    id: index + 1,
    domain: 'example.at',
    stage,
    state,
    startedAt: at,
    endedAt: at,
  }))
const steps = (...names: readonly string[]): readonly RecordedStep[] =>
  names.map((step) => ({ step, startedAt: at, doneAt: at }))

function facts(more: Partial<MailFlowFacts>): MailFlowFacts {
  return {
    forward: [],
    back: [],
    runs: runs(['provision', 'done']),
    cutover: undefined,
    catchup: undefined,
    rollback: undefined,
    ...more,
  }
}

const all = steps('dns-prepare', 'aliases-active', 'restarted')

describe('mailFlowState', () => {
  it.each([
    ['staged', {}],
    ['prepared', { forward: steps('dns-prepare') }],
    ['begun', { forward: steps('dns-prepare', 'aliases-active'), runs: runs(['cutover', 'interrupted']) }],
    ['mx-pending', { forward: steps('dns-prepare', 'aliases-active'), cutover: { outcome: 'mx-pending' } }],
    ['moved', { forward: all, runs: runs(['cutover', 'done']), cutover: { outcome: 'done' } }],
    [
      'moved',
      { forward: all, runs: runs(['cutover', 'done'], ['catchup', 'done']), catchup: { ended: false } },
    ],
    [
      'over',
      { forward: all, runs: runs(['cutover', 'done'], ['catchup', 'done']), catchup: { ended: true } },
    ],
    ['taking-back', { forward: all, runs: runs(['cutover', 'done'], ['rollback', 'interrupted']) }],
    [
      'taken-back',
      {
        back: steps('old-final'),
        runs: runs(['cutover', 'done'], ['rollback', 'done']),
        rollback: { outcome: 'back' },
      },
    ],
    [
      'removed',
      { runs: runs(['provision', 'done'], ['rollback', 'done']), rollback: { outcome: 'removed' } },
    ],
    ['staged', { runs: runs(['rollback', 'done'], ['provision', 'done']), rollback: { outcome: 'removed' } }],
    [
      'begun',
      {
        forward: steps('aliases-active'),
        back: steps('old-final'),
        runs: runs(['rollback', 'done'], ['cutover', 'failed']),
      },
    ],
  ] satisfies readonly (readonly [string, Partial<MailFlowFacts>])[])('is %s', (state, more) => {
    expect(mailFlowState(facts(more))).toBe(state)
  })
})

describe('mailFlowActions', () => {
  it('name the containers that were not restarted, with the exact command', () => {
    expect(mailFlowActions('example.at', facts({ forward: all, runs: runs(['cutover', 'done']) }))).toEqual([
      {
        message: expect.stringContaining('restarted'),
        command:
          'docker compose --project-directory /opt/mailcow-dockerized restart sogo-mailcow acme-mailcow',
      },
    ])
    const done = all.map((step) => ({ ...step, detail: 'restarted' }))
    expect(mailFlowActions('example.at', facts({ forward: done, runs: runs(['cutover', 'done']) }))).toEqual(
      [],
    )
  })

  it("give the lines for somebody else's DNS, and what has an end of its own not", () => {
    const waiting = { step: 'mx', outcome: 'waiting', message: 'Somebody has to change:', lines: ['+ MX'] }
    const ttl = { step: 'dns-prepare', outcome: 'waiting', message: 'TTL', until: at.toISOString() }
    const forward = steps('aliases-active')
    expect(
      mailFlowActions(
        'example.at',
        facts({ forward, cutover: { outcome: 'mx-pending', steps: [waiting, ttl] } }),
      ),
    ).toEqual([{ message: 'Somebody has to change:', lines: ['+ MX'] }])
  })

  it('tell how to begin again after a rollback', () => {
    const back = steps('old-final')
    const [action] = mailFlowActions('example.at', facts({ back, runs: runs(['rollback', 'done']) }))
    expect(action?.command).toBe('mailmove cutover example.at')
  })
})
