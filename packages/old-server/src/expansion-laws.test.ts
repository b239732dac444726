import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { activeInventory, anyAddress, anyInventory } from '../test/arbitrary-inventory.ts'
import { cleanup } from '../test/postfix-cleanup.ts'
import { canonicalInventory } from './canonical.ts'
import { effectiveRecipients, expandAddress } from './effective-recipients.ts'
import type { Inventory } from './model.ts'
import type { Verdict } from './verdict.ts'

describe('laws of the expansion', () => {
  it('agrees with Postfix, statement by statement', () => {
    fc.assert(
      fc.property(activeInventory, anyAddress, (inventory, address) => {
        const expansion = expandAddress(inventory, address)
        const expected = cleanup(virtualAliasMap(inventory), address)
        const reached = [
          ...expansion.leaves.map((leaf) => leaf.address),
          ...expansion.undeliverable.map(({ target }) => ('address' in target ? target.address : '')),
        ]
        expect(expansion.stop === undefined ? new Set(reached) : 'deferred').toEqual(expected)
      }),
      { numRuns: 2000 },
    )
  })

  it('ends, with exactly one verdict for each address, on anything', () => {
    fc.assert(
      fc.property(fc.oneof(anyInventory, activeInventory), (inventory) => {
        for (const domain of inventory.domains) {
          const verdicts = effectiveRecipients(inventory, domain.domain)
          const addresses = new Set([...domain.mailboxes, ...domain.addresses].map(({ address }) => address))
          expect(verdicts.map(({ address }) => address)).toEqual([...addresses].toSorted())
          for (const { verdict, leaves, deliverTo, issues } of verdicts) {
            const isNobody = ['loop', 'dead', 'discard', 'unsupported'].includes(verdict)
            // Whom nobody is behind of, nobody is told to deliver to; and only what is thrown away needs no word.
            expect({
              reached: leaves.length > 0,
              told: deliverTo.length > 0 && isNobody,
              explained: issues.length > 0 || !isNobody || verdict === 'discard',
            }).toEqual({ reached: !isNobody, told: false, explained: true })
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('does not depend on the order of anything', () => {
    fc.assert(
      fc.property(activeInventory, fc.integer(), (inventory, seed) => {
        const shuffled = canonicalInventory(
          shuffle(inventory.domains, seed).map((domain) => ({
            ...domain,
            mailboxes: shuffle(domain.mailboxes, seed),
            addresses: shuffle(domain.addresses, seed).map((row) => ({
              ...row,
              targets: shuffle(row.targets, seed),
            })),
          })),
          [],
        )
        for (const { domain } of inventory.domains)
          expect(effectiveRecipients(shuffled, domain)).toEqual(effectiveRecipients(inventory, domain))
      }),
      { numRuns: 300 },
    )
  })

  it('tells the new server to reach exactly whom the old one reaches', () => {
    fc.assert(
      fc.property(activeInventory, (inventory) => {
        // A row for a tagged address makes a mailbox forward differently by tag; the new server's filters do not do that.
        fc.pre(
          inventory.domains.every(
            (domain) =>
              ![...domain.addresses, ...domain.mailboxes].some(({ address }) => address.includes('+')),
          ),
        )
        const verdicts = new Map(
          inventory.domains
            .flatMap(({ domain }) => effectiveRecipients(inventory, domain))
            .map((verdict) => [verdict.address, verdict]),
        )
        const mailboxes = new Set(
          inventory.domains.flatMap((domain) => domain.mailboxes).map(({ address }) => address),
        )
        for (const verdict of verdicts.values())
          expect(newRecipients(verdict.address, verdicts, mailboxes)).toEqual(
            new Set(verdict.leaves.map((leaf) => leaf.address.replace(/\+.*@/u, '@'))),
          )
      }),
      { numRuns: 500 },
    )
  })
})

/** Whom mail reaches if every mailbox keeps and forwards as its verdict says. Tags aside: a forward loses them. */
function newRecipients(
  address: string,
  verdicts: ReadonlyMap<string, Verdict>,
  mailboxes: ReadonlySet<string>,
): ReadonlySet<string> {
  const reached = new Set<string>()
  const seen = new Set<string>()
  const queue = [address]
  for (const next of queue) {
    const name = mailboxes.has(next) || next === address ? next : next.replace(/\+.*@/u, '@')
    if (seen.has(name)) continue
    seen.add(name)
    const verdict = verdicts.get(name)
    if (verdict === undefined || (next !== address && !mailboxes.has(name)))
      reached.add(name.replace(/\+.*@/u, '@'))
    else {
      if (['mailbox', 'mailbox+copy'].includes(verdict.verdict)) reached.add(name.replace(/\+.*@/u, '@'))
      queue.push(...verdict.deliverTo)
    }
  }
  return reached
}

function virtualAliasMap(inventory: Inventory): { rows: Map<string, readonly string[]> } {
  const rows = new Map<string, readonly string[]>()
  for (const domain of inventory.domains) {
    for (const name of domain.aliasDomains) rows.set(`@${name}`, [`@${domain.domain}`])
    for (const mailbox of domain.mailboxes)
      if (mailbox.ownAddress !== false) rows.set(mailbox.address, [mailbox.address])
    for (const { address, targets } of domain.addresses)
      rows.set(
        address,
        targets.map((target) =>
          target.kind === 'domain' ? `@${target.domain}` : 'address' in target ? target.address : '',
        ),
      )
  }
  return { rows }
}

/** The same for the same seed. */
function shuffle<Entry>(list: readonly Entry[], seed: number): Entry[] {
  return list
    .map((entry, index) => ({ entry, rank: Math.sin(seed + index * 7919) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry)
}
