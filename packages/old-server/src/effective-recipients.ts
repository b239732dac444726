import { foldCase } from './address.ts'
import { compareText } from './canonical.ts'
import { type DirectoryOf, indexInventory } from './directory.ts'
import { type Expansion, expand } from './expansion.ts'
import { type Forwarding, memoizedForwarding } from './forwarding.ts'
import type { Inventory } from './model.ts'
import { newDeliveries } from './new-deliveries.ts'
import type { Verdict, VerdictKind } from './verdict.ts'
import { verdictIssues } from './verdict-issues.ts'

/** What `effectiveRecipients` takes. */
export interface EffectiveRecipientsOptions {
  /** What separates a tag from the local part; `null`: nothing does. Default `+`. */
  readonly recipientDelimiter?: string | null
  /** The domain that the old server appends to targets without one; absent: such targets are undeliverable. */
  readonly myOrigin?: string
  /** Default 1000, Postfix's own limit on both servers. */
  readonly maxRecipients?: number
}

const defaultMaxRecipients = 1000

/**
 * Says of each mailbox, alias and catch-all of a domain what really becomes of its mail on the old server, and what the new one
 * must be told to do the same. One verdict per address, sorted; empty when the inventory does not hold the domain.
 *
 * Follows what a real Postfix does: recursion, merged duplicates, circles, `+tag`, any case, alias domains, the catch-all.
 */
export function effectiveRecipients(
  inventory: Inventory,
  domain: string,
  options: EffectiveRecipientsOptions = {},
): readonly Verdict[] {
  const name = foldCase(domain)
  const home = inventory.domains.find((entry) => entry.domain === name)
  if (home === undefined) return []
  const maxRecipients = options.maxRecipients ?? defaultMaxRecipients
  const directoryOf = directoriesOf(inventory, options)
  const forwardingOf = memoizedForwarding(directoryOf, maxRecipients)
  const mailboxes = new Map(home.mailboxes.map((mailbox) => [mailbox.address, mailbox]))
  const rows = new Map(home.addresses.map((row) => [row.address, row]))
  const addresses = [...new Set([...mailboxes.keys(), ...rows.keys()])].toSorted(compareText)
  return addresses.map((address) => {
    const mailbox = mailboxes.get(address)
    const forwarding = forwardingOf(address)
    const verdict = verdictOf(address, forwarding, mailbox !== undefined)
    const active = home.active && (mailbox ?? rows.get(address))?.active === true
    const deliveries = newDeliveries(address, forwardingOf, directoryOf)
    const { steps, leaves, undeliverable } = forwarding.expansion
    return {
      address,
      verdict,
      active,
      mailbox: mailbox !== undefined,
      leaves: leaves.toSorted((a, b) => compareText(a.address, b.address)),
      deliverTo: forwarding.deliverTo,
      undeliverable,
      path: steps,
      issues: verdictIssues({ address, verdict, active, mailbox, forwarding, deliveries, maxRecipients }),
    }
  })
}

/**
 * Follows one address, listed or not: with a tag, in an alias domain, or one that only the catch-all takes. An address in a domain
 * that the inventory does not hold is its own, external, recipient.
 */
export function expandAddress(
  inventory: Inventory,
  address: string,
  options: EffectiveRecipientsOptions = {},
): Expansion {
  const folded = foldCase(address)
  const directory = directoriesOf(inventory, options)(folded)
  return expand(directory, folded, options.maxRecipients ?? defaultMaxRecipients)
}

function directoriesOf(inventory: Inventory, options: EffectiveRecipientsOptions): DirectoryOf {
  return indexInventory(inventory, {
    recipientDelimiter: options.recipientDelimiter === undefined ? '+' : options.recipientDelimiter,
    myOrigin: options.myOrigin === undefined ? undefined : foldCase(options.myOrigin),
  })
}

function verdictOf(address: string, forwarding: Forwarding, hasMailbox: boolean): VerdictKind {
  const { stop, leaves, undeliverable } = forwarding.expansion
  if (stop !== undefined) return stop.kind === 'loop' ? 'loop' : 'unsupported'
  if (leaves.length === 0) {
    const byHand = undeliverable.some(({ reason }) =>
      ['pipe', 'file', 'include', 'domain', 'autoreply'].includes(reason),
    )
    if (byHand) return 'unsupported'
    return undeliverable.some(({ reason }) => reason === 'discard') ? 'discard' : 'dead'
  }
  if (address.startsWith('@')) return 'catch-all'
  if (!hasMailbox) return 'alias'
  if (!forwarding.keeps) return 'mailbox-forwards-only'
  return forwarding.deliverTo.length === 0 ? 'mailbox' : 'mailbox+copy'
}
