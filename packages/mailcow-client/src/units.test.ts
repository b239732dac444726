import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MIB, quotaFromBytes, quotaToMib, roundUpToMib } from './units.ts'

const wholeMib = fc.integer({ min: 1, max: 2 ** 30 })

describe('quotas', () => {
  test('come back as they were sent', () => {
    fc.assert(
      fc.property(wholeMib, (mib) => {
        expect(quotaToMib(mib * MIB, 'quota')).toBe(mib)
        // mailcow multiplies, and reads in bytes.
        expect(quotaFromBytes(quotaToMib(mib * MIB, 'quota') * MIB)).toBe(mib * MIB)
      }),
    )
    expect(quotaFromBytes(quotaToMib(null, 'quota'))).toBeNull()
  })

  test('that mailcow would change are refused, above all 0: it would mean unlimited', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer(), fc.double(), fc.constantFrom(0, -0, Number.NaN, Infinity)),
        (bytes) => {
          fc.pre(!(Number.isSafeInteger(bytes) && bytes > 0 && bytes % MIB === 0))
          expect(() => quotaToMib(bytes, 'quota')).toThrow(
            expect.objectContaining({ code: 'usage', effect: 'none' }),
          )
        },
      ),
    )
  })

  test('are rounded up to whole MiB, never to 0', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (bytes) => {
        const rounded = roundUpToMib(bytes)
        expect(rounded).toBeGreaterThanOrEqual(Math.max(bytes, MIB))
        expect(rounded - bytes).toBeLessThanOrEqual(MIB)
        expect(() => quotaToMib(rounded, 'quota')).not.toThrow()
      }),
    )
    expect(() => roundUpToMib(-1)).toThrow('not a number of bytes')
    expect(() => roundUpToMib(Number.NaN)).toThrow('not a number of bytes')
  })
})
