import type { Ledger } from '../../ledger/ledger.ts'
import { copy } from '../copy.ts'
import { movingMailboxes } from '../chosen-mailboxes.ts'
import { catchup } from '../catchup.ts'
import { cutover } from '../cutover.ts'
import type { CutoverStepReport } from '../cutover-report.ts'
import { exportDomains } from '../exporting/export.ts'
import { isBlocking } from '../finding.ts'
import { mailFlowFacts, mailFlowState } from '../mail-flow-status.ts'
import type { MigrateDomain, MigrateStage, MigrateStageResult } from '../migrate-report.ts'
import type { Migration } from '../migration.ts'
import { hasSomebodyToWarn, warnGate } from '../notifying/warn-gate.ts'
import type { StageOptions } from '../options.ts'
import { provision } from '../provision.ts'
import { reportedFinding } from '../recorded-findings.ts'
import { survey } from '../survey.ts'
import { verify } from '../verify.ts'
import { warn } from '../notifying/warn.ts'

/** How a stage ended for one domain, and what stops the domain there, if anything does. */
export interface Step {
  readonly result: Omit<MigrateStageResult, 'stage'>
  readonly stop?: Pick<MigrateDomain, 'reason' | 'lines'> & { readonly message: string }
}

export interface StageContext {
  readonly migration: Migration
  readonly ledger: Ledger
  readonly domain: string
  readonly options: StageOptions
}

const DAY_MS = 24 * 60 * 60_000
/** A survey of today need not be repeated; a comparison must not be older than the cut-over allows, with a day to spare. */
const SURVEY_DAYS = 1
const VERIFY_DAYS = 6

const done = (message: string): Step => ({ result: { outcome: 'done', message } })
const skipped = (message: string): Step => ({ result: { outcome: 'skipped', message } })
const partial = (message: string): Step => ({ result: { outcome: 'partial', message }, stop: { message } })

/** What `migrate` does at each of its stages. Whatever a stage throws goes on to the caller. */
export const STAGES: Readonly<Record<MigrateStage, (context: StageContext) => Promise<Step>>> = {
  survey: async (context) => {
    const { migration, ledger, domain, options } = context
    if (await isFresh(context)) return skipped('It was surveyed within the last day.')
    const report = await survey(migration, [domain], options)
    const [locked] = report.skipped
    if (locked !== undefined)
      return {
        result: { outcome: 'stopped', message: locked.reason },
        stop: { reason: 'locked', message: locked.reason },
      }
    const { mailboxes, totals } = report.domains[0] ?? { mailboxes: [], totals: { messages: 0 } }
    const step = done(`${mailboxes.length} mailboxes, ${totals.messages} messages.`)
    return (await blockingFindings(ledger, domain)).length === 0 ? step : atFindings(step)
  },

  warn: async ({ migration, ledger, domain, options }) => {
    if (!(await hasSomebodyToWarn(migration, ledger, domain))) return skipped('There is nobody to warn.')
    if ((await warnGate(migration, ledger, domain)) !== undefined) return skipped('Everybody was warned.')
    const { totals } = await warn(migration, [domain], options)
    const told = `${totals.sent + totals.already} are warned, ${totals.letters} get a letter to print.`
    // It holds nothing up before the cut-over, which asks for it once more.
    return totals.failed + totals.inDoubt === 0
      ? done(told)
      : { result: { outcome: 'partial', message: `${told} ${totals.failed + totals.inDoubt} could not be.` } }
  },

  provision: async ({ migration, domain, options }) => {
    const [found] = (await provision(migration, [domain], options)).domains
    if (found?.outcome === 'done') return done(`${found.changed} objects written on mailcow.`)
    if (found?.outcome === 'unchanged') return done('mailcow is as planned.')
    if (found?.outcome === 'stopped')
      return atFindings({ result: { outcome: 'stopped', message: 'Red findings are open.' } })
    return partial(found?.message ?? 'Not every object on mailcow is as planned.')
  },

  prepare: async ({ migration, domain, options }) => {
    const [found] = (await cutover(migration, [domain], { ...options, prepare: true })).domains
    const last = found?.steps.at(-1)
    // Until the old TTLs are over, mail can be copied: the cut-over waits for them.
    if (last?.until !== undefined) return done(last.message)
    return cutoverStep(found?.outcome ?? 'failed', last)
  },

  copy: async ({ migration, domain, options }) => {
    const report = await copy(migration, [domain], options)
    const { copied, alreadyThere } = report.totals
    const told = `${copied} messages copied, ${alreadyThere} were there.`
    return report.ok
      ? done(told)
      : partial(report.domains[0]?.message ?? `${told} Not every mailbox is complete.`)
  },

  verify: async (context) => {
    const { migration, domain, options } = context
    if (await isCompared(context)) return skipped('Compared since the last copy, without differences.')
    const report = await verify(migration, [domain], options)
    const { matched, differences } = report.domains[0]?.totals ?? { matched: 0, differences: 0 }
    return report.ok
      ? done(`${matched} messages are the same on both servers.`)
      : partial(report.domains[0]?.message ?? `${differences} differences that nothing explains.`)
  },

  export: async ({ migration, domain, options }) => {
    const report = await exportDomains(migration, [domain], options)
    const { scripts, contacts } = report.totals
    const told = `${scripts} scripts, ${contacts} contacts.`
    return report.ok ? done(told) : partial(`${told} Not every mailbox could be exported.`)
  },

  cutover: async ({ migration, domain, options }) => {
    const [found] = (await cutover(migration, [domain], options)).domains
    return cutoverStep(found?.outcome ?? 'failed', found?.steps.at(-1))
  },

  catchup: async ({ migration, ledger, domain, options }) => {
    if (mailFlowState(await mailFlowFacts(ledger, domain)) === 'over')
      return skipped('Nothing comes late any more.')
    const [found] = (await catchup(migration, [domain], options)).domains
    if (found === undefined || found.outcome === 'partial' || found.outcome === 'failed')
      return partial(found?.message ?? 'Not every mailbox could be looked at.')
    return done(
      found.ended
        ? 'Nothing comes late any more.'
        : `${found.totals.copied} late messages added; once a day, until it says that nothing comes any more.`,
    )
  },
}

function cutoverStep(outcome: string, last: CutoverStepReport | undefined): Step {
  const message = last === undefined ? 'Nothing was done.' : `${last.title}: ${last.message}`
  if (outcome === 'done' || outcome === 'prepared') return done(last?.message ?? message)
  const { lines = [] } = last ?? {}
  return outcome === 'failed'
    ? { result: { outcome: 'failed', message }, stop: { message, lines } }
    : {
        result: { outcome: 'stopped', message },
        stop: { reason: last?.until === undefined ? 'gate' : 'waits', message, lines },
      }
}

function atFindings(step: Step): Step {
  return { ...step, stop: { reason: 'findings', message: 'Red findings are neither repaired nor accepted.' } }
}

export async function blockingFindings(ledger: Ledger, domain: string): Promise<MigrateDomain['blockedBy']> {
  return (await ledger.findings.list(domain)).map(reportedFinding).filter(isBlocking)
}

/** Red findings may have been repaired since: only a new survey knows. */
async function isFresh({ migration, ledger, domain }: StageContext): Promise<boolean> {
  const last = await ledger.stages.latest(domain, 'survey')
  if (last?.state !== 'done' || (await blockingFindings(ledger, domain)).length > 0) return false
  return migration.now().getTime() - (last.endedAt ?? last.startedAt).getTime() < SURVEY_DAYS * DAY_MS
}

async function isCompared({ migration, ledger, domain }: StageContext): Promise<boolean> {
  const since = migration.now().getTime() - VERIFY_DAYS * DAY_MS
  const copied = (await ledger.mailboxes.results(domain)).filter(({ stage }) => stage === 'copy')
  for (const { address } of movingMailboxes(migration, domain, await ledger.mailboxes.list(domain))) {
    const [newest] = await ledger.verifyReports.list(domain, { mailbox: address, limit: 1 })
    if (newest?.coverage !== 'full' || !newest.green || newest.at.getTime() < since) return false
    const result = copied.find((candidate) => candidate.address === address)
    if ((result?.counts['copied'] ?? 0) > 0 && result !== undefined && result.at > newest.at) return false
  }
  return true
}
