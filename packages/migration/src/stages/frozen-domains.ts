import type { Inventory, InventoryDomain } from '@iteg/old-server'
import { z } from 'zod'
import type { Ledger } from '../ledger/ledger.ts'
import { hasBegun } from './cutting-over/has-begun.ts'

const frozen = z.looseObject({
  domain: z.custom<InventoryDomain>((value) => typeof value === 'object' && value !== null),
})

/** What the ledger keeps of a domain when its cut-over begins. */
export function freezeDomain(domain: InventoryDomain): unknown {
  return { domain }
}

/**
 * The inventory with every domain that is cut over as it was before: the old server's own tables no longer hold it, or hold it as a relay.
 */
export async function withFrozenDomains(ledger: Ledger, inventory: Inventory): Promise<Inventory> {
  const kept = new Map<string, InventoryDomain>()
  for (const { domain } of await ledger.domains.list()) {
    const steps = await ledger.cutoverSteps.list(domain, 'forward')
    if (!hasBegun(steps)) continue
    const parsed = frozen.safeParse(steps.find(({ step }) => step === 'ready')?.detail)
    if (parsed.success) kept.set(domain, parsed.data.domain)
  }
  if (kept.size === 0) return inventory
  const others = inventory.domains.filter(({ domain }) => !kept.has(domain))
  return {
    domains: [...others, ...kept.values()].toSorted((a, b) => (a.domain < b.domain ? -1 : 1)),
    // What is wrong with the tables of a domain that is gone from them concerns nobody any more.
    issues: inventory.issues.filter(({ domain }) => !kept.has(domain)),
  }
}
