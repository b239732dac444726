import { LedgerError } from '../ledger/errors.ts'
import { asciiDomain } from './ascii-names.ts'
import { plannedCopies } from './copying/planned-copies.ts'
import { sumOfFates } from './copying/totals.ts'
import { cutover } from './cutover.ts'
import { gatherDomain } from './domain-facts.ts'
import { MigrationError } from './errors.ts'
import { existingLedger } from './existing-ledger.ts'
import { isBlocking } from './finding.ts'
import { domainInventory, loadInventory } from './inventory.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import type { PlannedCopy, PlanReport } from './plan-report.ts'
import { currentFindings } from './provision-domain.ts'
import { lastFinished } from './stage-order.ts'
import { status } from './status.ts'

/**
 * Everything that provision, copy and cut-over would do to one domain, as data. Writes nothing anywhere. Rejects with `UsageError`
 * (unknown domain) and `ServerError` (mailcow cannot be asked).
 */
export async function plan(
  migration: Migration,
  domain: string,
  options: StageOptions = {},
): Promise<PlanReport> {
  const inventory = domainInventory(await loadInventory(migration, options), asciiDomain(domain))
  const ledger = await existingLedger(migration)
  const facts = await gatherDomain(migration, ledger, inventory, options)
  const findings = await currentFindings(migration, ledger, facts, options)
  const copies = ledger === undefined ? [] : await plannedCopies(migration, ledger, facts.name, undefined)
  const mailboxes = copies.map(({ mailbox, folders, sourceMessages, outcome }): PlannedCopy => ({
    mailbox,
    ...(outcome === 'failed' ? {} : { messages: sourceMessages }),
    folders: folders.map(({ source, target, messages }) => ({ source, target, messages })),
  }))
  const { actions, unchanged } = facts.plan
  const blocked = findings.some(isBlocking)
  const stage = ledger === undefined ? 'new' : await lastFinished(ledger, facts.name)
  return {
    schema: 'mailmove.plan/1',
    at: migration.now().toISOString(),
    domain: facts.name,
    stage,
    provision: actions,
    unchanged,
    copy: {
      phase: (await ledger?.domains.phase(facts.name)) ?? 'mirror',
      mailboxes,
      messages: sumOfFates(copies).sourceMessages,
    },
    cutover: await plannedCutover(migration, facts.name, options),
    findings,
    blocked,
    next: await nextCommand(migration, facts.name, stage, blocked, actions.length),
  }
}

async function plannedCutover(
  migration: Migration,
  domain: string,
  options: StageOptions,
): Promise<PlanReport['cutover']> {
  try {
    const { domains } = await cutover(migration, [domain], { ...options, dryRun: true })
    return { steps: domains.flatMap(({ steps }) => steps) }
  } catch (error) {
    options.signal?.throwIfAborted()
    // Not surveyed yet, no old.relay, a server that does not answer: the rest of the plan is worth having all the same.
    if (error instanceof LedgerError && error.code === 'ledger_missing')
      return { steps: [], obstacle: `${domain} was not surveyed yet.` }
    if (!(error instanceof MigrationError)) throw error
    return { steps: [], obstacle: error.message }
  }
}

async function nextCommand(
  migration: Migration,
  domain: string,
  stage: string,
  blocked: boolean,
  actions: number,
): Promise<string> {
  if (stage === 'new' || blocked) return `mailmove survey ${domain}`
  if (actions > 0) return `mailmove provision ${domain}`
  const [found] = (await status(migration, [domain])).domains
  return found?.next ?? `mailmove status ${domain}`
}
