import { gatherDomain } from '../domain-facts.ts'
import { domainInventory, loadInventory } from '../inventory.ts'
import { frozenInventory } from './frozen-inventory.ts'
import type { Migration } from '../migration.ts'
import { relayServer } from './relay-server.ts'
import { mailcowSide } from './sides.ts'
import type { CutoverContext, CutoverStepOptions } from './step.ts'

/**
 * The inventory is the old server's as it was before: once the domain was taken out of its tables, the one that the ledger keeps
 * from the beginning of the cut-over is the only one.
 */
export async function cutoverContext(
  migration: Migration,
  domain: string,
  options: CutoverStepOptions,
): Promise<CutoverContext> {
  const ledger = await migration.ledger(options.dryRun === true ? 'read' : 'write')
  const relay = relayServer(migration.config)
  const inventory =
    (await frozenInventory(ledger, domain)) ??
    domainInventory(await loadInventory(migration, options), domain)
  const facts: CutoverContext['facts'] = () => gatherDomain(migration, ledger, inventory, options)
  return {
    migration,
    ledger,
    domain,
    options,
    relay,
    facts,
    sides: async () => {
      const mailcow = mailcowSide(await facts())
      const steps = await ledger.cutoverSteps.list(domain, 'forward')
      const begun = steps.find(({ step }) => step === 'old-relays')
      return {
        mailcow,
        old: begun === undefined ? 'final' : begun.doneAt === undefined ? 'unknown' : 'relays',
      }
    },
  }
}
