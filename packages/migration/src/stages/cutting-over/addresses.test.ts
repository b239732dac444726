import { parseInventory } from '@iteg/old-server'
import { describe, expect, it } from 'vitest'
import { defaultDomain } from '../../config/complete.ts'
import { domainInventory } from '../inventory.ts'
import { desireDomain } from '../planning/desire.ts'
import { addressesToAccept, aliasDomainRows } from './addresses.ts'

const file = `domains:
  - domain: example.at
    mailboxes:
      - { address: anna@example.at }
      - { address: bob@example.at }
      - { address: off@example.at, active: false }
    aliases:
      - { address: info@example.at, targets: [anna@example.at, bob@example.at] }
      - { address: deep@example.at, targets: [info@example.at] }
      - { address: bob@example.at, targets: [bob@example.at, friend@outside.example] }
      - { address: loop@example.at, targets: [pool@example.at] }
      - { address: pool@example.at, targets: [loop@example.at] }
      - { address: dead@example.at, targets: [nobody@example.at] }
      - { address: old@example.at, targets: [anna@example.at], active: false }
CATCHALL
    aliasDomains: [example.co.at]
`

function factsOf(catchAll: boolean) {
  const row = catchAll ? '      - { address: "@example.at", targets: [anna@example.at] }' : ''
  const text = catchAll ? file.replace(/.*dead@.*\n/, '') : file
  const inventory = domainInventory(
    parseInventory(text.replace('CATCHALL', row), { format: 'yaml' }),
    'example.at',
  )
  const desired = desireDomain({
    domain: inventory.domain,
    verdicts: inventory.verdicts,
    config: defaultDomain,
    quotas: { defaultBytes: 1024 ** 3, headroomPercent: 0 },
    nexthop: '[mailhaus.example]:25',
    forwardingHosts: [],
    announced: new Set(),
  })
  return { inventory, desired }
}

describe('what the old server accepts and mailcow has to accept', () => {
  it('are mailboxes that receive and aliases that lead somewhere, in the alias domain too', () => {
    expect(addressesToAccept(factsOf(false))).toEqual([
      'anna@example.at',
      'anna@example.co.at',
      'bob@example.at',
      'bob@example.co.at',
      'deep@example.at',
      'deep@example.co.at',
      'info@example.at',
      'info@example.co.at',
    ])
  })

  it('are, with a catch-all, also somebody whom nobody has', () => {
    const unknown = addressesToAccept(factsOf(true)).filter((address) => address.includes('nobody-knows'))
    expect(unknown).toEqual(['mailmove-nobody-knows-me@example.at', 'mailmove-nobody-knows-me@example.co.at'])
  })
})

describe('rows of an alias domain', () => {
  it('are its aliases, with what they lead to; mailboxes need none', () => {
    expect(aliasDomainRows(factsOf(false))).toEqual([
      { address: 'deep@example.co.at', targets: ['anna@example.at', 'bob@example.at'], senderAllowed: true },
      { address: 'info@example.co.at', targets: ['anna@example.at', 'bob@example.at'], senderAllowed: true },
    ])
  })

  it('have the catch-all last', () => {
    const rows = aliasDomainRows(factsOf(true)).map(({ address }) => address)
    expect(rows.at(-1)).toBe('@example.co.at')
    expect(rows.filter((address) => address.startsWith('@'))).toHaveLength(1)
  })
})
