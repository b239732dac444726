import { effectiveRecipients, type InventoryDomain } from '@iteg/old-server'
import { z } from 'zod'
import type { Ledger } from '../../ledger/ledger.ts'
import type { DomainInventory } from '../inventory.ts'

const frozen = z.object({ domains: z.array(z.custom<InventoryDomain>((value) => typeof value === 'object')) })

/** What the old server hosted when the cut-over began: its tables no longer say it afterwards. Of the other domains too, as forwards lead there. */
export function freezeInventory({ inventory }: DomainInventory): unknown {
  return { domains: inventory.domains }
}

/** Undefined before the cut-over has begun. */
export async function frozenInventory(ledger: Ledger, name: string): Promise<DomainInventory | undefined> {
  const steps = await ledger.cutoverSteps.list(name, 'forward')
  if (!steps.some(({ step }) => step === 'aliases-active')) return undefined
  const parsed = frozen.safeParse(steps.find(({ step }) => step === 'ready')?.detail)
  if (!parsed.success) return undefined
  const inventory = { domains: parsed.data.domains, issues: [] }
  const domain = inventory.domains.find((candidate) => candidate.domain === name)
  return domain === undefined
    ? undefined
    : { inventory, domain, verdicts: effectiveRecipients(inventory, name) }
}
