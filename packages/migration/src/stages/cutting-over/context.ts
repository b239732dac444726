import type { CutoverWay } from '../../ledger/cutover-steps.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { gatherDomain } from '../domain-facts.ts'
import { domainInventory, loadInventory } from '../inventory.ts'
import type { Migration } from '../migration.ts'
import { relayServer } from './relay-server.ts'
import { type MailFlowSides, mailcowSide } from './sides.ts'
import type { CutoverContext, CutoverStepOptions } from './step.ts'

export async function cutoverContext(
  migration: Migration,
  domain: string,
  options: CutoverStepOptions,
  way: CutoverWay = 'forward',
): Promise<CutoverContext> {
  const ledger = await migration.ledger(options.dryRun === true ? 'read' : 'write')
  const relay = relayServer(migration.config)
  const inventory = domainInventory(await loadInventory(migration, options), domain)
  const facts: CutoverContext['facts'] = () => gatherDomain(migration, ledger, inventory, options)
  return {
    migration,
    ledger,
    domain,
    way,
    options,
    relay,
    facts,
    sides: async () => ({ mailcow: mailcowSide(await facts()), old: await oldSide(ledger, domain) }),
  }
}

/** As our own steps left it; begun and not ended, nobody knows. */
async function oldSide(ledger: Ledger, domain: string): Promise<MailFlowSides['old']> {
  const [relays] = (await ledger.cutoverSteps.list(domain, 'forward')).filter(
    ({ step }) => step === 'old-relays',
  )
  const [final] = (await ledger.cutoverSteps.list(domain, 'back')).filter(({ step }) => step === 'old-final')
  if (final !== undefined && (relays === undefined || final.startedAt > relays.startedAt))
    return final.doneAt === undefined ? 'unknown' : 'final'
  if (relays === undefined) return 'final'
  return relays.doneAt === undefined ? 'unknown' : 'relays'
}
