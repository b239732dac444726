import { describe, expect, it } from 'vitest'
import { isInNetworks, isLoopback, isPrivate } from './networks.ts'

describe('isInNetworks', () => {
  it('knows addresses, networks and IPv4 inside IPv6', () => {
    const list = [
      '192.0.2.0/24',
      '198.51.100.7',
      '2001:db8::/32',
      'mail.example',
      '300.1.1.1',
      '192.0.2.0/99',
    ]
    for (const address of ['192.0.2.99', '::ffff:192.0.2.1', '198.51.100.7', '2001:db8::1'])
      expect(isInNetworks(address, list)).toBe(true)
    for (const address of ['192.0.3.1', '198.51.100.8', '2001:db9::1', '', 'mail.example'])
      expect(isInNetworks(address, list)).toBe(false)
  })

  it('tells loopback and translated addresses', () => {
    expect([isLoopback('127.0.0.1'), isLoopback('::1'), isLoopback('192.0.2.1')]).toEqual([true, true, false])
    expect([isPrivate('10.1.2.3'), isPrivate('fd00::1'), isPrivate('192.0.2.1')]).toEqual([true, true, false])
  })
})
