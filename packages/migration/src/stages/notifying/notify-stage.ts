import type { Ledger } from '../../ledger/ledger.ts'
import { DomainLockedError } from '../../ledger/lock.ts'
import type { Stage } from '../../ledger/stages.ts'
import { knownDomains } from '../chosen-mailboxes.ts'
import { asciiAddress } from '../ascii-names.ts'
import { existingLedger } from '../existing-ledger.ts'
import type { Finding } from '../finding.ts'
import { limitedAll } from '../limited-all.ts'
import type { Migration } from '../migration.ts'
import type { WriteStageOptions } from '../options.ts'
import { assertMailboxesRecorded } from '../recorded-mailboxes.ts'
import { runStage } from '../stage-run.ts'
import type { Draft } from './draft.ts'
import type { GuardReport } from './leak-guard.ts'
import { gatherNoticeFacts, type NoticeFacts } from './notice-facts.ts'
import {
  addCounts,
  countNotices,
  type NoticeDomain,
  type NoticeReport,
  type NoticeResult,
  type WarnGate,
} from './notice-report.ts'
import { dispatch, type Dispatch, type NoticeRun, openNoticeRun } from './notice-run.ts'

export interface NoticeStageOptions extends WriteStageOptions {
  /** Tell once more what was told already, and what is in doubt. */
  readonly again?: boolean
}

/** One notice of a stage, and how it goes out. */
export interface Planned {
  readonly draft: Draft
  readonly how: Omit<Dispatch, 'blocked' | 'accepted' | 'again'>
  /** The mailbox of the old server that it concerns, for the guard. */
  readonly guarded: string | undefined
}

/** What `warn` and `announce` differ in. */
export interface NoticeStage<Schema extends string> {
  readonly name: Stage & ('warn' | 'announce')
  readonly schema: Schema
  /** Rejects with `GateError` when the domain is not that far. */
  readonly gate: (ledger: Ledger, domain: string) => Promise<void>
  readonly plan: (
    run: NoticeRun,
    ledger: Ledger,
    facts: NoticeFacts,
    only: ReadonlySet<string> | undefined,
    options: NoticeStageOptions,
  ) => Promise<StagePlan>
  /** Told after all others, when it is known what became of them. */
  readonly afterwards: (
    run: NoticeRun,
    facts: NoticeFacts,
    results: readonly NoticeResult[],
    guard: GuardReport,
    only: ReadonlySet<string> | undefined,
  ) => readonly Planned[]
  readonly finish: (
    ledger: Ledger,
    domain: string,
    isDone: boolean,
  ) => Promise<{ readonly gate?: WarnGate; readonly next: string; readonly isComplete: boolean }>
}

export interface StagePlan {
  readonly planned: readonly Planned[]
  readonly silent: NoticeDomain['silent']
  readonly guard: GuardReport
}

/** Runs a stage of notices over its domains. */
export async function runNoticeStage<Schema extends string>(
  migration: Migration,
  stage: NoticeStage<Schema>,
  domains: readonly string[],
  options: NoticeStageOptions,
): Promise<NoticeReport<Schema>> {
  const isDryRun = options.dryRun === true
  const startedAt = migration.now().getTime()
  await using run = await openNoticeRun(migration, options)
  const existing = isDryRun ? await existingLedger(migration) : await migration.ledger('write')
  const names = await knownDomains(existing, domains, stage.name)
  const ledger = existing ?? (await migration.ledger('read'))
  await assertMailboxesRecorded(ledger, names, options.mailboxes)
  for (const domain of names) await stage.gate(ledger, domain)
  const only =
    options.mailboxes === undefined
      ? undefined
      : new Set(options.mailboxes.map((address) => asciiAddress(address.toLowerCase())))
  migration.emit({ type: 'stage-started', stage: stage.name, domains: names })
  const locked: DomainLockedError[] = []
  const results: NoticeDomain[] = []
  for (const facts of await gatherNoticeFacts(migration, ledger, names, options)) {
    try {
      results.push(await tellDomain(migration, stage, run, ledger, facts, only, options))
    } catch (error) {
      if (!(error instanceof DomainLockedError)) throw error
      locked.push(error)
      results.push(lockedDomain(facts.domain))
    }
  }
  if (locked[0] !== undefined && locked.length === names.length) throw locked[0]
  migration.emit({ type: 'stage-finished', stage: stage.name })
  return {
    schema: stage.schema,
    at: migration.now().toISOString(),
    dryRun: isDryRun,
    domains: results,
    totals: addCounts(results.map(({ counts }) => counts)),
    durationMs: migration.now().getTime() - startedAt,
    ok: results.every(isFine),
  }
}

function lockedDomain(domain: string): NoticeDomain {
  const counts = countNotices([])
  return {
    domain,
    outcome: 'failed',
    notices: [],
    silent: [],
    findings: [],
    counts,
    next: `mailmove status ${domain}`,
  }
}

async function tellDomain<Schema extends string>(
  migration: Migration,
  stage: NoticeStage<Schema>,
  run: NoticeRun,
  ledger: Ledger,
  facts: NoticeFacts,
  only: ReadonlySet<string> | undefined,
  options: NoticeStageOptions,
): Promise<NoticeDomain> {
  const { domain } = facts
  const work = async (): Promise<NoticeDomain> => {
    const { planned: all, silent, guard } = await stage.plan(run, ledger, facts, only, options)
    migration.emit({ type: 'domain-started', stage: stage.name, domain, mailboxes: all.length })
    for (const finding of guard.findings) migration.emit({ type: 'finding', finding })
    const tell = (each: Planned): Promise<NoticeResult> =>
      tellOne(migration, stage.name, run, ledger, each, guard, options)
    const results = [...(await limitedAll(run.limit, all, tell))]
    for (const each of stage.afterwards(run, facts, results, guard, only)) results.push(await tell(each))
    const isDone = results.every(({ outcome }) => FINE.has(outcome) || outcome === 'letter')
    const { gate, next } = await stage.finish(ledger, domain, isDone)
    const outcome = outcomeOf(results)
    migration.emit({
      type: 'domain-finished',
      stage: stage.name,
      domain,
      outcome: outcome === 'planned' ? 'done' : outcome,
    })
    return {
      domain,
      outcome,
      notices: results,
      silent,
      findings: guard.findings,
      counts: countNotices(results),
      ...(gate === undefined ? {} : { gate }),
      next: isDone ? next : `mailmove ${stage.name} ${domain}`,
    }
  }
  if (options.dryRun === true) return work()
  return runStage(ledger, domain, stage.name, options.signal, async () => {
    const value = await work()
    const { isComplete } = await stage.finish(ledger, domain, isFineOrLetter(value))
    const state =
      value.outcome === 'failed' ? 'failed' : isComplete && isFineOrLetter(value) ? 'done' : 'incomplete'
    return { value, state, summary: summaryOf(value) }
  })
}

const FINE: ReadonlySet<NoticeResult['outcome']> = new Set(['sent', 'found', 'already', 'planned'])

async function tellOne(
  migration: Migration,
  stage: 'warn' | 'announce',
  run: NoticeRun,
  ledger: Ledger,
  { draft, how, guarded }: Planned,
  guard: GuardReport,
  options: NoticeStageOptions,
): Promise<NoticeResult> {
  options.signal?.throwIfAborted()
  const { domain, recipient: mailbox } = draft
  migration.emit({ type: 'mailbox-started', stage, domain, mailbox })
  const blocked = guarded === undefined ? undefined : guard.blocking.get(guarded)
  const accepted = guarded === undefined ? undefined : guard.accepted.get(guarded)
  const result =
    options.dryRun === true
      ? await planned(ledger, draft, blocked)
      : await dispatch(
          run,
          ledger,
          draft,
          {
            ...how,
            again: options.again === true,
            ...(blocked === undefined ? {} : { blocked: sentences(blocked) }),
            ...(accepted === undefined ? {} : { accepted: sentences(accepted) }),
          },
          options,
        )
  const isTold = FINE.has(result.outcome) || result.outcome === 'letter'
  migration.emit({
    type: 'mailbox-finished',
    stage,
    domain,
    mailbox,
    outcome: !isTold ? 'failed' : result.outcome === 'already' ? 'unchanged' : 'done',
    done: { messages: 1, bytes: result.bytes ?? 0 },
    ...(isTold || result.message === undefined ? {} : { message: result.message }),
  })
  return result
}

function sentences(findings: readonly Finding[]): string {
  return findings.map(({ message }) => message).join(' ')
}

/** In a dry run: what would happen, by what is on record. */
async function planned(
  ledger: Ledger,
  draft: Draft,
  blocked: readonly Finding[] | undefined,
): Promise<NoticeResult> {
  const { domain, recipient, kind, occasion, language, version, via } = draft
  const base = { recipient, kind, language, via, version }
  if (blocked !== undefined)
    return { ...base, outcome: 'planned', message: `As a letter: ${sentences(blocked)}` }
  const known = await ledger.notices.find({ domain, recipient, kind, occasion })
  const told = known.find((notice) => notice.outcome === 'delivered' && notice.version === version)
  return told === undefined
    ? { ...base, outcome: 'planned' }
    : { ...base, outcome: 'already', messageId: told.messageId }
}

function outcomeOf(results: readonly NoticeResult[]): NoticeDomain['outcome'] {
  const failed = results.filter(({ outcome }) => ['refused', 'failed', 'in-doubt'].includes(outcome)).length
  if (failed > 0) return failed === results.length ? 'failed' : 'partial'
  if (results.some(({ outcome }) => outcome === 'planned')) return 'planned'
  return results.every(({ outcome }) => outcome === 'already') ? 'unchanged' : 'done'
}

function isFineOrLetter({ outcome }: NoticeDomain): boolean {
  return outcome === 'done' || outcome === 'unchanged' || outcome === 'planned'
}

/** A letter that waits to be passed on is not done by itself. */
function isFine({ outcome, notices }: NoticeDomain): boolean {
  return (
    (outcome === 'done' || outcome === 'unchanged' || outcome === 'planned') &&
    notices.every((notice) => notice.outcome !== 'letter')
  )
}

function summaryOf({ counts }: NoticeDomain): string {
  const { sent, already, letters, failed, inDoubt } = counts
  return [
    `${sent} notices sent`,
    ...(already === 0 ? [] : [`${already} were sent before`]),
    ...(letters === 0 ? [] : [`${letters} letters to pass on`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(inDoubt === 0 ? [] : [`${inDoubt} in doubt`]),
  ].join(', ')
}
