import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StageRun } from '../ledger/stages.ts'
import { nextAction, openActions, type Situation, shellQuoted } from './next-action.ts'
import type { StatusMailbox } from './status-report.ts'

const at = new Date('2026-01-01T00:00:00Z')

function run(stage: StageRun['stage'], state: StageRun['state'] = 'done'): StageRun {
  return { id: 1, domain: 'example.at', stage, state, startedAt: at, endedAt: at, summary: 'as it was' }
}

function situation(states: readonly StatusMailbox['state'][], more: Partial<Situation> = {}): Situation {
  return {
    domain: 'example.at',
    stage: 'provision',
    runs: [run('survey'), run('provision')],
    mailboxes: states.map((state, index) => ({ mailbox: `m${index}@example.at`, state })),
    blockedBy: [],
    isSurveyBlocked: false,
    isRunning: false,
    ...more,
  }
}

const red = {
  code: 'alias-loop',
  severity: 'red',
  domain: 'example.at',
  item: 'a@example.at',
  message: 'It leads in a circle.',
  remedy: 'Take it out.',
} as const

describe('nextAction', () => {
  it.each([
    ['survey', situation([], { stage: 'new', runs: [] })],
    ['survey', situation(['surveyed'], { blockedBy: [red], isSurveyBlocked: true })],
    ['copy', situation(['copying'], { blockedBy: [red] })],
    ['provision', situation(['surveyed'], { stage: 'survey', runs: [run('survey')] })],
    ['provision', situation(['copied', 'surveyed'])],
    ['provision', situation(['provisioned'], { runs: [run('provision', 'incomplete')] })],
    ['copy', situation(['copied', 'provisioned', 'skipped'])],
    ['copy', situation(['copying', 'verified'])],
    ['verify', situation(['verified', 'copied'])],
    ['export', situation(['verified', 'skipped'])],
    ['export', situation(['verified'], { runs: [run('provision'), run('export', 'incomplete')] })],
    ['status', situation(['provisioned'], { isRunning: true })],
  ])('is %s', (command, facts) => {
    expect(nextAction(facts)).toBe(`mailmove ${command} example.at`)
  })

  const runs = [run('survey'), run('provision'), run('export')]
  it.each([
    ['warn', { isUnwarned: true }, 'warn example.at'],
    ['the preparation', { mailFlow: 'staged' }, 'cutover example.at --prepare'],
    ['the cut-over', { mailFlow: 'prepared' }, 'cutover example.at'],
    ['going on', { mailFlow: 'begun', blockedBy: [red] }, 'cutover example.at'],
    ["looking at somebody else's DNS again", { mailFlow: 'mx-pending' }, 'cutover example.at'],
    ['late mail', { mailFlow: 'moved' }, 'catchup example.at'],
    ['taking back to its end', { mailFlow: 'taking-back' }, 'rollback example.at'],
    [
      'copying back until nothing is left',
      { mailFlow: 'taken-back', mailCameBack: true },
      'rollback example.at',
    ],
    ['beginning again', { mailFlow: 'removed' }, 'provision example.at'],
  ] as const)('once everything is verified and exported, is %s', (_what, more, command) => {
    expect(nextAction(situation(['verified', 'skipped'], { runs, ...more }))).toBe(`mailmove ${command}`)
  })

  it.each(['over', 'taken-back'] as const)('is nothing when it is %s', (mailFlow) => {
    expect(nextAction(situation(['verified'], { runs, mailFlow }))).toBeUndefined()
  })
})

describe('openActions', () => {
  const nothing = {
    unsettledWrites: 0,
    unsettledScripts: 0,
    waitingFilters: 0,
    waitingContacts: 0,
    appPasswords: [],
  }

  it('are none when all is well', () => {
    expect(openActions({ ...situation(['verified']), ...nothing })).toEqual([])
  })

  it('name what was interrupted, what failed, and what is left behind, each with its command', () => {
    const runs = [run('survey'), run('copy', 'running'), run('verify', 'incomplete')]
    const facts = situation([], { runs, blockedBy: [red] })
    const left = {
      unsettledWrites: 2,
      unsettledScripts: 1,
      waitingFilters: 3,
      waitingContacts: 2,
      appPasswords: ['m0@example.at'],
    }
    const open = openActions({ ...facts, ...left })
    expect(open.map((action) => action.command)).toEqual([
      'mailmove accept example.at alias-loop a@example.at --reason "..."',
      'mailmove copy example.at',
      'mailmove verify example.at',
      'mailmove provision example.at',
      'mailmove export example.at',
      'mailmove export example.at',
      'mailmove export example.at',
      'mailmove export example.at',
    ])
  })

  it('are not judged while somebody works on the domain', () => {
    expect(
      openActions({ ...situation([], { runs: [run('copy', 'running')], isRunning: true }), ...nothing }),
    ).toEqual([])
  })
})

it('no item of a finding can run as a command when the line is pasted into a shell', () => {
  const item = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(item, (text) => {
      const printed = execFileSync('sh', ['-c', `printf %s ${shellQuoted(text)}`], { encoding: 'utf8' })
      expect(printed).toBe(text)
    }),
    { numRuns: 30, examples: [['$(touch /tmp/x)'], ["a'; touch /tmp/x; '"], ['`id`'], ['\\']] },
  )
})
