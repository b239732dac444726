import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refusedAddress, refusedLocalPart, storedName } from './address-rules.ts'
import { MIB, newQuotaBytes, quotaFit, toWholeMiB } from './quota.ts'
import { forwardScript, sameScript } from './sieve-forward.ts'

describe('quotas', () => {
  const rules = { defaultBytes: 5 * 1024 * MIB, headroomPercent: 20 }

  it('are whole MiB, rounded up, and never 0, which would be unlimited', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (bytes) => {
        const rounded = toWholeMiB(bytes)
        expect(rounded % MIB).toBe(0)
        expect(rounded).toBeGreaterThan(0)
        expect(rounded - bytes).toBeLessThanOrEqual(MIB)
        expect(rounded).toBeGreaterThanOrEqual(bytes)
      }),
    )
  })

  it('add headroom to the old limit, take the default for unlimited, and an override as it is', () => {
    expect(newQuotaBytes(100 * MIB, undefined, rules)).toBe(120 * MIB)
    expect(newQuotaBytes(100 * MIB + 1, undefined, rules)).toBe(121 * MIB)
    for (const unlimited of [null, undefined, 0])
      expect(newQuotaBytes(unlimited, undefined, rules)).toBe(5 * 1024 * MIB)
    expect(newQuotaBytes(100 * MIB, 7 * MIB + 1, rules)).toBe(8 * MIB)
  })

  it('are tight from where mailcow warns the user', () => {
    expect([79, 80, 100, 101].map((bytes) => quotaFit(bytes, 100))).toEqual([
      'fits',
      'tight',
      'tight',
      'over',
    ])
  })
})

describe('names that mailcow takes', () => {
  it.each(['anna', 'anna.b', 'o+tag', "o'brien", 'a&b', 'x=y', '1', 'a'.repeat(64)])('%s', (name) => {
    expect(refusedLocalPart(name)).toBeUndefined()
  })

  it.each(['', 'a/b', 'jürgen', '.a', 'a.', 'a..b', 'a b', '"a"', 'a,b', 'a'.repeat(65)])(
    'refuses "%s"',
    (name) => {
      expect(refusedLocalPart(name)).toMatch(/\S/)
    },
  )

  it('takes a catch-all, and nothing without an @', () => {
    expect(refusedAddress('@example.at')).toBeUndefined()
    expect(refusedAddress('anna')).toMatch(/no @/)
  })

  it('stores display names without what mailcow strips or breaks on', () => {
    expect(storedName('<<Anna "Ä" \u0007Müller> ')).toBe('Anna "Ä" Müller')
    expect(storedName('x'.repeat(400))).toHaveLength(255)
    expect(storedName(undefined)).toBe('')
  })
})

describe('the forward script', () => {
  it('escapes what would end a Sieve string', () => {
    expect(forwardScript(['"a\\b"@example.net'], true)).toContain(
      'redirect :copy "\\"a\\\\b\\"@example.net";',
    )
  })

  it('refuses control characters', () => {
    expect(() => forwardScript(['a\r\ndiscard;@x'], false)).toThrow(RangeError)
  })

  it('cannot be broken out of by any address', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/\p{Cc}/u.test(text))
        const script = forwardScript([text], false)
        const quoted = /^redirect ("(?:[^"\\]|\\.)*");$/m.exec(script)?.[1]
        expect(quoted?.slice(1, -1).replaceAll(/\\(.)/g, '$1')).toBe(text)
        expect(script.split('\r\n')).toHaveLength(3)
      }),
    )
  })

  it('is the same whatever line ends and blanks it comes back with', () => {
    const script = forwardScript(['a@example.net'], true)
    expect(sameScript(script, `${script.replaceAll('\r\n', '\n').trimEnd()}  `)).toBe(true)
    expect(sameScript(script, forwardScript(['b@example.net'], true))).toBe(false)
  })
})
