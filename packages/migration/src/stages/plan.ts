import { asciiDomain } from './ascii-names.ts'
import { plannedCopies } from './copying/planned-copies.ts'
import { sumOfFates } from './copying/totals.ts'
import { gatherDomain } from './domain-facts.ts'
import { existingLedger } from './existing-ledger.ts'
import { isBlocking } from './finding.ts'
import { domainInventory, loadInventory } from './inventory.ts'
import type { Migration } from './migration.ts'
import type { StageOptions } from './options.ts'
import type { PlannedCopy, PlanReport } from './plan-report.ts'
import { currentFindings } from './provision-domain.ts'
import { lastFinished } from './stage-order.ts'

/**
 * Everything that provision and copy would do to one domain, as data. Writes nothing anywhere. Rejects with `UsageError`
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
    findings,
    blocked,
    next: nextCommand(facts.name, stage, blocked, actions.length),
  }
}

function nextCommand(domain: string, stage: string, blocked: boolean, actions: number): string {
  if (stage === 'new' || blocked) return `mailmove survey ${domain}`
  return actions > 0 ? `mailmove provision ${domain}` : `mailmove copy ${domain}`
}
