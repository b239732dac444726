import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyInventory } from '../test/arbitrary-inventory.ts'
import { mergeInventories } from './merge.ts'
import type { Inventory } from './model.ts'
import { parseInventory } from './read-file.ts'

function csv(file: string, ...rows: readonly string[]): Inventory {
  return parseInventory(`kind,address,targets,name,quotaBytes,active\n${rows.join('\n')}\n`, {
    format: 'csv',
    file,
  })
}

describe('mergeInventories', () => {
  it('takes from each source what only it knows', () => {
    const merged = mergeInventories([
      csv('a', 'mailbox,anna@example.at,,,,', 'alias,office@example.at,anna@example.at max@other.at,,,'),
      csv(
        'b',
        'mailbox,anna@example.at,,Anna,1000,',
        'mailbox,max@other.at,,,,',
        'alias-domain,alt.at,example.at,,,',
        'alias,z@example.at,anna@example.at,,,',
      ),
    ])
    expect(merged.issues).toEqual([])
    expect(merged.domains).toMatchObject([
      {
        domain: 'example.at',
        mailboxes: [{ address: 'anna@example.at', name: 'Anna', quotaBytes: 1000, origin: { file: 'a' } }],
        addresses: [
          {
            address: 'office@example.at',
            // Elsewhere for the first source alone, hosted for both together.
            targets: [
              { kind: 'mailbox', address: 'anna@example.at' },
              { kind: 'mailbox', address: 'max@other.at' },
            ],
          },
          { address: 'z@example.at' },
        ],
        aliasDomains: ['alt.at'],
      },
      { domain: 'other.at' },
    ])
  })

  it('lets the first source hold where they differ, and says so with both places', () => {
    const merged = mergeInventories([
      csv(
        'a',
        'mailbox,anna@example.at,,Anna,1000,',
        'alias,office@example.at,anna@example.at,,,',
        'domain,alt.at,,,,',
      ),
      csv(
        'b',
        'mailbox,anna@example.at,,Änna,0,no',
        'alias,office@example.at,far@elsewhere.test,,,no',
        'alias-domain,alt.at,example.at,,,',
        'domain,example.at,,,,no',
      ),
    ])
    expect(merged.domains[1]).toMatchObject({
      domain: 'example.at',
      active: true,
      mailboxes: [{ name: 'Anna', quotaBytes: 1000, active: true }],
      addresses: [{ targets: [{ address: 'anna@example.at' }], active: true }],
      aliasDomains: [],
    })
    expect(merged.issues.map(({ item, severity, message }) => [item, severity, message])).toEqual([
      [undefined, 'red', 'example.at: a:2 and b:5 disagree about active; the first one is used'],
      [
        'anna@example.at',
        'yellow',
        'anna@example.at: a:2 and b:2 disagree about name; the first one is used',
      ],
      [
        'anna@example.at',
        'red',
        'anna@example.at: a:2 and b:2 disagree about quotaBytes; the first one is used',
      ],
      ['anna@example.at', 'red', 'anna@example.at: a:2 and b:2 disagree about active; the first one is used'],
      [
        'office@example.at',
        'red',
        'office@example.at: a:3 and b:3 disagree about active; the first one is used',
      ],
      [
        'office@example.at',
        'red',
        'office@example.at: a:3 and b:3 disagree about targets; the first one is used',
      ],
      ['alt.at', 'red', 'alt.at: a:4 and b:5 disagree about what it is; the first one is used'],
    ])
    expect(merged.issues[1]?.origins).toEqual([
      { file: 'a', line: 2, column: 1 },
      { file: 'b', line: 2, column: 1 },
    ])
  })

  it('gives an alias domain to one domain only, and does not switch one on behind the first source', () => {
    const merged = mergeInventories([
      csv('a', 'mailbox,a@one.at,,,,', 'alias-domain,alt.at,one.at,,,', 'alias-domain,off.at,one.at,,,no'),
      csv(
        'b',
        'mailbox,b@two.at,,,,',
        'alias-domain,alt.at,two.at,,,',
        'mailbox,a@one.at,,,,',
        'alias-domain,off.at,one.at,,,yes',
      ),
    ])
    expect(
      merged.domains.map(({ aliasDomains, inactiveAliasDomains }) => [aliasDomains, inactiveAliasDomains]),
    ).toEqual([
      [['alt.at'], ['off.at']],
      [[], []],
    ])
    expect(merged.issues.map(({ item }) => item)).toEqual(['off.at', 'alt.at'])
  })

  it('changes nothing when there is nothing to merge', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        expect(mergeInventories([inventory])).toEqual(inventory)
        expect(mergeInventories([inventory, inventory])).toEqual(inventory)
        expect(mergeInventories([inventory, { domains: [], issues: [] }])).toEqual(inventory)
      }),
    )
  })

  it('depends on the order of the sources only where they differ', () => {
    fc.assert(
      fc.property(anyInventory, anyInventory, (first, second) => {
        const forth = mergeInventories([first, second])
        fc.pre(forth.issues.length === 0)
        expect(withTargetSets(mergeInventories([second, first]))).toEqual(withTargetSets(forth))
      }),
    )
  })
})

/** Targets as a set: their order is that of the source, and means nothing. */
function withTargetSets(inventory: Inventory): unknown {
  const domains = inventory.domains.map((domain) => ({
    ...domain,
    addresses: domain.addresses.map((row) => ({
      ...row,
      targets: row.targets.map((target) => JSON.stringify(target)).toSorted(),
    })),
  }))
  return { ...inventory, domains }
}
