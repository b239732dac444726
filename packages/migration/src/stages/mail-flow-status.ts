import { hasBegun } from './cutting-over/has-begun.ts'
import { z } from 'zod'
import type { RecordedStep } from '../ledger/cutover-steps.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { StageRun } from '../ledger/stages.ts'
import { isWithinHours, nextAllowed } from '../config/index.ts'
import { RESTART } from './cutting-over/restarted.ts'
import type { Migration } from './migration.ts'
import type { WarnGate } from './notifying/notice-report.ts'
import type { OpenAction, StatusMailFlow, StatusWait } from './status-report.ts'

const step = z.looseObject({
  step: z.string(),
  outcome: z.string(),
  message: z.string(),
  lines: z.array(z.string()).exactOptional(),
  until: z.string().exactOptional(),
})
const report = z.looseObject({
  outcome: z.string().exactOptional(),
  ended: z.boolean().exactOptional(),
  steps: z.array(step).exactOptional(),
})
type RecordedReport = z.infer<typeof report>

/** Everything in the ledger that tells how far a domain's mail flow is. */
export interface MailFlowFacts {
  readonly forward: readonly RecordedStep[]
  readonly back: readonly RecordedStep[]
  readonly runs: readonly StageRun[]
  /** Of the last run of each; absent when it was killed. */
  readonly cutover: RecordedReport | undefined
  readonly catchup: RecordedReport | undefined
  readonly rollback: RecordedReport | undefined
}

export async function mailFlowFacts(ledger: Ledger, domain: string): Promise<MailFlowFacts> {
  const runs = await ledger.stages.overview(domain)
  const last = async (stage: StageRun['stage']): Promise<RecordedReport | undefined> => {
    const run = runs.find((candidate) => candidate.stage === stage)
    const parsed = run === undefined ? undefined : report.safeParse(await ledger.stages.report(run.id))
    return parsed?.success === true ? parsed.data : undefined
  }
  return {
    forward: await ledger.cutoverSteps.list(domain, 'forward'),
    back: await ledger.cutoverSteps.list(domain, 'back'),
    runs,
    cutover: await last('cutover'),
    catchup: await last('catchup'),
    rollback: await last('rollback'),
  }
}

/** Where the domain's mail goes, as our own steps left it. Pure. */
export function mailFlowState(facts: MailFlowFacts): StatusMailFlow['state'] {
  const { runs, forward } = facts
  const run = (stage: StageRun['stage']): StageRun | undefined =>
    runs.find((candidate) => candidate.stage === stage)
  const number = (stage: StageRun['stage']): number => run(stage)?.id ?? 0
  const back = run('rollback')
  if (back !== undefined && back.id > number('cutover')) {
    const isRemoval = !facts.back.some((recorded) => recorded.step === 'old-final')
    // What was removed is made again by provision; then the rollback is history.
    const isHistory = isRemoval && number('provision') > back.id
    if (!isHistory) {
      if (back.state !== 'done') return 'taking-back'
      return facts.rollback?.outcome === 'removed' ? 'removed' : 'taken-back'
    }
  }
  if (!hasBegun(forward))
    return forward.some((recorded) => recorded.step === 'dns-prepare') ? 'prepared' : 'staged'
  const isAtItsEnd = forward.some(
    (recorded) => recorded.step === 'restarted' && recorded.doneAt !== undefined,
  )
  if (facts.cutover?.outcome === 'mx-pending') return 'mx-pending'
  if (!isAtItsEnd) return 'begun'
  return run('catchup')?.state === 'done' && facts.catchup?.ended === true ? 'over' : 'moved'
}

const until = z.looseObject({ until: z.string() })

/** What the cut-over has to wait for now, the longest last; empty when it may go on. */
export function cutoverWaits(
  migration: Migration,
  facts: MailFlowFacts,
  gate: WarnGate | undefined,
): readonly StatusWait[] {
  const now = migration.now()
  const waits: StatusWait[] = []
  const prepared = until.safeParse(facts.forward.find((recorded) => recorded.step === 'dns-prepare')?.detail)
  if (prepared.success && new Date(prepared.data.until) > now)
    waits.push({
      reason: 'ttl',
      message: 'Resolvers may still hold the old records.',
      until: prepared.data.until,
    })
  if (gate !== undefined && new Date(gate.cutoverFrom) > now)
    waits.push({
      reason: 'warning',
      message: `The users were promised ${gate.daysAhead} days.`,
      until: gate.cutoverFrom,
    })
  // The hours count when everything else has been waited for.
  const earliest = new Date(Math.max(now.getTime(), ...waits.map((wait) => Date.parse(wait.until))))
  const { hours } = migration.config
  if (!isWithinHours(hours, earliest))
    waits.push({
      reason: 'hours',
      message: 'The configuration allows cut-overs at other hours only (hours).',
      until: nextAllowed(hours, earliest).toISOString(),
    })
  return waits
}

const ABOUT_ITS_END: readonly StatusMailFlow['state'][] = ['begun', 'mx-pending', 'moved', 'over']

/** What a person has to do beside the next command: by hand on the old server, in somebody else's DNS, on the mailcow host. Pure. */
export function mailFlowActions(domain: string, facts: MailFlowFacts): readonly OpenAction[] {
  const state = mailFlowState(facts)
  if (state === 'taken-back')
    return [
      {
        message: 'The old server delivers its mail again. Once what went wrong is repaired:',
        command: `mailmove cutover ${domain}`,
      },
    ]
  const steps = (state === 'taking-back' ? facts.rollback : facts.cutover)?.steps ?? []
  const open: OpenAction[] = steps
    .filter(
      ({ outcome, step: name }) => (outcome === 'open' || outcome === 'waiting') && name !== 'restarted',
    )
    .filter(({ until: end }) => end === undefined)
    .map(({ message, lines }) => ({ message, ...(lines === undefined ? {} : { lines }) }))
  const restarted = facts.forward.find((recorded) => recorded.step === 'restarted')
  if (ABOUT_ITS_END.includes(state) && restarted?.doneAt !== undefined && restarted.detail !== 'restarted')
    open.push({
      message: 'SOGo and acme are to be restarted on the mailcow host (certificates, address lists):',
      command: RESTART.join(' '),
    })
  return open
}
