import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyInventory } from '../test/arbitrary-inventory.ts'
import type { Inventory } from './model.ts'
import { printInventory } from './print.ts'
import { parseInventory } from './read-file.ts'
import { parseTarget, printTarget, splitTargets } from './target.ts'

/** Where things stood is the one thing that a file does not keep. */
function withoutOrigins(inventory: Inventory): unknown {
  return JSON.parse(
    JSON.stringify(inventory, (key, value: unknown) => (key === 'origin' ? undefined : value)),
  )
}

describe.each(['yaml', 'csv'] as const)('printInventory to %s', (format) => {
  it('is read back to the same inventory', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const text = printInventory(inventory, { format })
        const again = parseInventory(text, { format })
        expect(withoutOrigins(again)).toEqual(withoutOrigins(inventory))
        expect(printInventory(again, { format })).toBe(text)
      }),
      { numRuns: 500 },
    )
  })
})

describe('targets', () => {
  it('are read back, one by one and from a list', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const targets = inventory.domains.flatMap((domain) => domain.addresses).flatMap((row) => row.targets)
        const texts = targets.map(printTarget)
        expect(splitTargets(texts.join(' '))).toEqual(texts)
        expect(splitTargets(texts.join(', '))).toEqual(texts)
        for (const [index, text] of texts.entries()) {
          const target = targets[index]
          // Whether an address is hosted is not written down.
          const expected = target?.kind === 'mailbox' ? { ...target, kind: 'external' } : target
          expect(parseTarget(text)).toEqual({ value: expected })
        }
      }),
      { numRuns: 300 },
    )
  })
})
