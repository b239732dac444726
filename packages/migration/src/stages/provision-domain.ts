import { domainSettings } from './ascii-names.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { generatePassword } from '../secrets/password.ts'
import type { PasswordPolicy } from '../secrets/policy.ts'
import { allFindings } from './all-findings.ts'
import type { ApplyContext } from './applying/apply-action.ts'
import type { ActionSecrets } from './applying/ensure-action.ts'
import { applyPlan, checkedResults, type PlanResult } from './applying/apply-plan.ts'
import { sealedPassword } from './applying/initial-passwords.ts'
import { reconcile } from './applying/reconcile.ts'
import { type DomainFacts, gatherDomain, planDomain, SURVEY_SCOPE, withAcceptances } from './domain-facts.ts'
import { GateError } from './errors.ts'
import { type Finding, isBlocking } from './finding.ts'
import type { DomainInventory } from './inventory.ts'
import { type MailcowFacts, readMailcow } from './mailcow-facts.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import type { PlannedAction, ProvisionDomain } from './plan-report.ts'
import { reportedFinding } from './recorded-findings.ts'
import { recordInitialPasswords } from './applying/record-initial-passwords.ts'
import { readPasswordPolicy } from './server-facts.ts'
import { runStage } from './stage-run.ts'
import { lastSurvey } from './survey-record.ts'

export interface ProvisionRequest {
  readonly inventory: DomainInventory
  /** Only these mailboxes with their forwards, and what the domain itself needs; all when undefined. */
  readonly only: ReadonlySet<string> | undefined
}

/** One domain's provision, under its lock and on record. Rejects with `GateError`, `ServerError`, `SecretError`, `DomainLockedError`. */
export async function provisionDomain(
  migration: Migration,
  request: ProvisionRequest,
  options: StageOptions,
): Promise<ProvisionDomain> {
  const ledger = await migration.ledger('write')
  const name = request.inventory.domain.domain
  return runStage(ledger, name, 'provision', options.signal, async () => {
    const { facts, findings, policy, doubtful } = await prepare(migration, ledger, request, options)
    const actions = chosenActions(facts.plan.actions, request.only)
    migration.emit({
      type: 'domain-started',
      stage: 'provision',
      domain: name,
      mailboxes: facts.desired.mailboxes.length,
    })
    const password = await passwords(migration, ledger, name, { policy, actions })
    const client = await migration.mailcow()
    const context: ApplyContext = {
      domain: name,
      ledger,
      client,
      objects: facts.state.objects,
      readObjects: async () => (await readAgain(migration, facts)).objects,
      secrets: {
        password,
        dkimKey: () => domainSettings(migration.config, name).dkim?.privateKey.reveal(),
      },
      doubtful,
    }
    const done = await applyPlan(context, actions, {
      signal: options.signal,
      emit: (event) => migration.emit(event),
    })
    const value = await readBack(migration, ledger, request, facts, findings, done)
    migration.emit({
      type: 'domain-finished',
      stage: 'provision',
      domain: name,
      outcome: outcomeEvent(value),
    })
    const state = value.outcome === 'failed' ? 'failed' : value.outcome === 'partial' ? 'incomplete' : 'done'
    return { value, state, summary: summaryOf(value) }
  })
}

/** What provision would do, without writing anything anywhere. */
export async function dryRunDomain(
  migration: Migration,
  ledger: Ledger | undefined,
  request: ProvisionRequest,
  options: StageOptions,
): Promise<ProvisionDomain> {
  const facts = await gatherDomain(migration, ledger, request.inventory, options)
  const findings = await currentFindings(migration, ledger, facts, options)
  const actions = chosenActions(facts.plan.actions, request.only)
  const blockedBy = findings.filter(isBlocking)
  return {
    domain: facts.name,
    outcome: actions.length === 0 ? 'unchanged' : 'planned',
    actions: actions.map((action) => ({ action, outcome: 'planned' })),
    changed: 0,
    unchanged: facts.plan.unchanged,
    remaining: actions,
    blockedBy,
    findings,
    next: blockedBy.length > 0 ? `mailmove survey ${facts.name}` : `mailmove provision ${facts.name}`,
  }
}

/** Today's findings with their acceptances, not recorded. */
export async function currentFindings(
  migration: Migration,
  ledger: Ledger | undefined,
  facts: DomainFacts,
  options: StageOptions,
): Promise<readonly Finding[]> {
  const recorded = (await ledger?.findings.list(facts.name)) ?? []
  const policy = await readPasswordPolicy(await migration.mailcow(), options)
  const sizes = await surveyedSizes(ledger, facts.name)
  const surveyed = recorded.filter((finding) => finding.scope === SURVEY_SCOPE)
  return withAcceptances(allFindings(migration, facts, policy, sizes, surveyed), recorded)
}

interface Prepared {
  readonly facts: DomainFacts
  readonly findings: readonly Finding[]
  readonly policy: PasswordPolicy
  readonly doubtful: ReadonlySet<string>
}

/** Settles what an earlier run left open, then plans, records the findings and stops at red ones. */
async function prepare(
  migration: Migration,
  ledger: Ledger,
  request: ProvisionRequest,
  options: StageOptions,
): Promise<Prepared> {
  const name = request.inventory.domain.domain
  await assertSurveyed(ledger, name)
  const before = await gatherDomain(migration, ledger, request.inventory, options)
  const client = await migration.mailcow()
  const { doubtful, healed } = await reconcile({ ledger, domain: name, client }, before.state.objects)
  for (const message of healed)
    migration.emit({
      type: 'notice',
      stage: 'provision',
      domain: name,
      message: `${message}: an earlier run did it and ended before it had read it back`,
    })
  const facts = await planDomain(migration, ledger, request.inventory, before.desired, before.state)
  const policy = await readPasswordPolicy(await migration.mailcow(), options)
  const surveyed = (await ledger.findings.list(name)).filter((finding) => finding.scope === SURVEY_SCOPE)
  const found = allFindings(migration, facts, policy, await surveyedSizes(ledger, name), surveyed)
  const findings = (await ledger.findings.replace(name, SURVEY_SCOPE, found)).map(reportedFinding)
  const blocking = findings.filter(isBlocking)
  if (blocking.length > 0)
    throw new GateError(
      `${name}: ${blocking.length === 1 ? 'a red finding is' : `${blocking.length} red findings are`} neither repaired nor accepted.`,
      {
        domains: [name],
        findings: blocking,
        hint: `Repair what they name, or let one pass with: mailmove accept ${name} CODE ITEM --reason "..."`,
      },
    )
  return { facts, findings, policy, doubtful }
}

async function assertSurveyed(ledger: Ledger | undefined, domain: string): Promise<void> {
  if ((await ledger?.stages.latestDone(domain, 'survey')) !== undefined) return
  throw new GateError(`${domain} was not surveyed yet.`, {
    domains: [domain],
    hint: `Run first: mailmove survey ${domain}`,
  })
}

async function surveyedSizes(
  ledger: Ledger | undefined,
  domain: string,
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>()
  const record = ledger === undefined ? undefined : await lastSurvey(ledger, domain)
  for (const [address, { size }] of record?.mailboxes ?? [])
    if (size !== undefined) sizes.set(address, size.bytes)
  return sizes
}

/** Opens the key and draws a password on trial before anything is written: what is missing is said while nothing is half done. */
async function passwords(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  { policy, actions }: { readonly policy: PasswordPolicy; readonly actions: readonly PlannedAction[] },
): Promise<ActionSecrets['password']> {
  const { minLength } = migration.config.passwords
  const shared = domainSettings(migration.config, domain).sharedPassword
  if (actions.some((action) => action.kind === 'add-mailbox')) {
    await migration.key()
    if (shared === undefined) generatePassword({ policy, minLength })
    else shared.reveal()
  }
  return async (mailbox) =>
    sealedPassword(ledger, { domain, key: await migration.key(), policy, minLength, shared }, mailbox)
}

/** With `--mailbox`: the domain's own objects, and the mailboxes named with their forwards; no alias. */
function chosenActions(
  actions: readonly PlannedAction[],
  only: ReadonlySet<string> | undefined,
): readonly PlannedAction[] {
  if (only === undefined) return actions
  return actions.filter((action) => {
    if (action.kind === 'add-policy' || action.kind === 'set-spam-score')
      return !action.item.includes('@') || only.has(action.item)
    const isOfMailbox = action.kind.endsWith('-mailbox') || action.kind.endsWith('-filter')
    return isOfMailbox ? only.has(action.item) : !action.kind.endsWith('-alias')
  })
}

/** mailcow has the last word: what it shows now is compared with the plan once more. */
async function readBack(
  migration: Migration,
  ledger: Ledger,
  request: ProvisionRequest,
  facts: DomainFacts,
  findings: readonly Finding[],
  done: PlanResult,
): Promise<ProvisionDomain> {
  const { name } = facts
  const base = { domain: name, blockedBy: [], findings }
  const changed = done.results.filter(
    (result) => result.outcome === 'done' || result.outcome === 'healed',
  ).length
  if (done.error !== undefined)
    return {
      ...base,
      outcome: 'failed',
      actions: done.results,
      changed,
      unchanged: facts.plan.unchanged,
      remaining: done.results
        .filter((result) => result.outcome === 'failed' || result.outcome === 'blocked')
        .map((result) => result.action),
      message:
        done.error.hint === undefined ? done.error.message : `${done.error.message} ${done.error.hint}`,
      next: 'mailmove check',
    }
  const { state, plan } = done.results.length === 0 ? facts : await planAgain(migration, ledger, facts)
  await recordInitialPasswords(ledger, name, state.objects.mailboxes)
  const remaining = chosenActions(plan.actions, request.only)
  const results = await checkedResults(await migration.mailcow(), done.results, state.objects)
  const isEqual = remaining.length === 0 && results.every((result) => result.outcome !== 'failed')
  const outcome = !isEqual ? 'partial' : results.length === 0 ? 'unchanged' : 'done'
  return {
    ...base,
    outcome,
    actions: results,
    changed,
    unchanged: facts.plan.unchanged,
    remaining,
    next: isEqual ? `mailmove copy ${name}` : `mailmove provision ${name}`,
  }
}

/** Reads the lists once more, whatever number of objects was written, and puts on record what only they tell. */
async function planAgain(migration: Migration, ledger: Ledger, facts: DomainFacts): Promise<DomainFacts> {
  const client = await migration.mailcow()
  const state = await readAgain(migration, facts)
  await reconcile({ ledger, domain: facts.name, client }, state.objects)
  return planDomain(migration, ledger, facts.inventory, facts.desired, state)
}

async function readAgain(
  migration: Migration,
  { name, inventory, desired }: DomainFacts,
): Promise<MailcowFacts> {
  return readMailcow(await migration.mailcow(), name, inventory.domain.aliasDomains, {
    dkim: desired.dkim !== undefined,
    spam: desired.spam,
  })
}

function outcomeEvent({ outcome }: ProvisionDomain): 'done' | 'unchanged' | 'partial' | 'failed' | 'stopped' {
  return outcome === 'planned' ? 'done' : outcome
}

function summaryOf(domain: ProvisionDomain): string {
  if (domain.message !== undefined) return domain.message
  const failed = domain.actions.filter((result) => result.outcome === 'failed').length
  if (domain.outcome === 'unchanged') return `nothing to change, ${domain.unchanged} objects are as planned`
  return `${domain.changed} changes made${failed === 0 ? '' : `, ${failed} failed`}`
}
