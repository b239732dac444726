import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressMechanism, isSpf, lookups, withMechanisms, withoutMechanisms } from './spf.ts'

const both = ['a:mail.new.example', 'ip4:192.0.2.10']

describe('SPF', () => {
  it.each([
    [undefined, 'v=spf1 a:mail.new.example ip4:192.0.2.10 ~all'],
    ['v=spf1 mx -all', 'v=spf1 mx a:mail.new.example ip4:192.0.2.10 -all'],
    [
      'v=spf1 ip4:192.0.2.10/32 +A:mail.new.example -all',
      'v=spf1 ip4:192.0.2.10/32 +A:mail.new.example -all',
    ],
    [
      'v=spf1 mx redirect=_spf.example.at',
      'v=spf1 mx a:mail.new.example ip4:192.0.2.10 redirect=_spf.example.at',
    ],
    ['v=spf1 include:_spf.example.at', 'v=spf1 include:_spf.example.at a:mail.new.example ip4:192.0.2.10'],
  ])('%s lets both servers send', (policy, expected) => {
    expect(withMechanisms(policy, both)).toBe(expected)
  })

  it('counts what makes a receiver ask', () => {
    expect(lookups('v=spf1 a mx:other ip4:192.0.2.1 include:x exists:%{i} -ptr redirect=y all')).toBe(6)
    expect(lookups('v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 exp=why.example -all')).toBe(0)
  })

  it('is told from other texts', () => {
    expect(['v=spf1', 'V=SPF1 -all', 'v=spf10 -all', 'v=spf2.0/pra', 'x v=spf1'].map(isSpf)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })

  const mechanism = fc.constantFrom(
    'mx',
    'a',
    'include:spf.example',
    'ip4:198.51.100.0/24',
    'exists:%{i}.example',
  )
  const policy = fc
    .tuple(fc.uniqueArray(mechanism), fc.constantFrom(' -all', ' ~all', '', ' redirect=x.example'))
    .map(([terms, end]) => `${['v=spf1', ...terms].join(' ')}${end}`)
  const addresses = fc.uniqueArray(fc.oneof(fc.ipV4(), fc.ipV6()).map(addressMechanism), { maxLength: 4 })

  it('keeps what stands there in its order, adds once, and can be taken back', () => {
    fc.assert(
      fc.property(policy, addresses, (before, added) => {
        const after = withMechanisms(before, added)
        expect(withMechanisms(after, added)).toBe(after)
        const kept = after.split(' ').filter((term) => before.split(' ').includes(term))
        expect(kept).toEqual(before.split(' '))
        expect(withoutMechanisms(after, added)).toBe(before)
      }),
    )
  })
})
