import type { DomainFacts } from '../domain-facts.ts'
import { refusedAddress } from '../planning/address-rules.ts'
import { DISCARD_TARGET } from '../planning/desire.ts'

/** An alias as mailcow takes it. */
export interface AliasRow {
  readonly address: string
  readonly targets: readonly string[] | 'discard'
  readonly senderAllowed: boolean
}

/**
 * What mailcow needs as rows of their own in alias domains, since there it maps mailboxes only: every alias of the domain once more,
 * and what the old server had as explicit rows there. An explicit row wins. Pure.
 */
export function aliasDomainRows({
  desired,
  inventory,
}: Pick<DomainFacts, 'desired' | 'inventory'>): readonly AliasRow[] {
  const rows = new Map<string, AliasRow>()
  for (const name of inventory.domain.aliasDomains)
    for (const { address, targets, senderAllowed } of desired.aliases) {
      const twin = `${address.slice(0, address.lastIndexOf('@'))}@${name}`
      rows.set(twin, { address: twin, targets: targetsOf(targets), senderAllowed })
    }
  for (const { address, active, deliverTo, verdict, mailbox } of inventory.verdicts) {
    const domain = address.slice(address.lastIndexOf('@') + 1)
    if (!inventory.domain.aliasDomains.includes(domain) || !active || mailbox) continue
    if (refusedAddress(address) !== undefined) continue
    const targets = verdict === 'discard' ? [DISCARD_TARGET] : deliverTo
    if (targets.length > 0) rows.set(address, { address, targets: targetsOf(targets), senderAllowed: true })
  }
  return [...rows.values()].toSorted((one, other) => order(one.address, other.address))
}

/** Every address that the old server takes mail for and that moves, in the domain and its alias domains. A catch-all stands for one address of its own. Pure. */
export function addressesToAccept(facts: Pick<DomainFacts, 'desired' | 'inventory'>): readonly string[] {
  const { desired, inventory } = facts
  const active = new Set(
    inventory.domain.mailboxes
      .filter((mailbox) => mailbox.active && mailbox.canReceive !== false)
      .map(({ address }) => address),
  )
  const own = desired.mailboxes.map(({ address }) => address).filter((address) => active.has(address))
  const mapped = inventory.domain.aliasDomains.flatMap((name) =>
    own.map((address) => `${address.slice(0, address.lastIndexOf('@'))}@${name}`),
  )
  const aliases = [
    ...desired.aliases.map(({ address }) => address),
    ...aliasDomainRows(facts).map(({ address }) => address),
  ]
  return [...new Set([...own, ...mapped, ...aliases])]
    .map((address) => (address.startsWith('@') ? `${UNKNOWN_LOCAL_PART}${address}` : address))
    .toSorted(order)
}

/** Somebody whom nobody has: a catch-all takes his mail, and without one a server must refuse it. */
export const UNKNOWN_LOCAL_PART = 'mailmove-nobody-knows-me'

function targetsOf(targets: readonly string[]): AliasRow['targets'] {
  return targets.length === 1 && targets[0] === DISCARD_TARGET ? 'discard' : targets
}

/** The catch-all last. */
function order(one: string, other: string): number {
  return (
    Number(one.startsWith('@')) - Number(other.startsWith('@')) || (one < other ? -1 : Number(one > other))
  )
}
