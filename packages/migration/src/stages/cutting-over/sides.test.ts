import { describe, expect, it } from 'vitest'
import { MigrationError } from '../errors.ts'
import { assertNoLoop, finalSide, mailcowSide } from './sides.ts'

type Facts = Parameters<typeof mailcowSide>[0]['state']
type Flags = Pick<NonNullable<Facts['domain']>, 'relay' | 'relayAllRecipients' | 'relayUnknownOnly'>
const flags: Flags = { relay: false, relayAllRecipients: false, relayUnknownOnly: false }

function sideOf(domain: Flags | undefined, transports: readonly { active: boolean }[] = []) {
  return mailcowSide({ state: { domain, transports } })
}

describe('what mailcow does with the mail of a domain', () => {
  it('is to deliver it only without any flag and any active transport', () => {
    expect(sideOf(undefined)).toBe('absent')
    expect(sideOf(flags)).toBe('final')
    expect(sideOf(flags, [{ active: false }])).toBe('final')
    expect(sideOf(flags, [{ active: true }])).toBe('relays')
    for (const flag of ['relay', 'relayAllRecipients', 'relayUnknownOnly'])
      expect(sideOf({ ...flags, [flag]: true })).toBe('relays')
  })
})

const SIDES = (['final', 'relays', 'absent'] as const).flatMap((mailcow) =>
  (['final', 'relays', 'unknown'] as const).map((old) => ({ mailcow, old })),
)

describe('never do both relay', () => {
  it.each(SIDES.filter(({ mailcow }) => mailcow === 'final'))(
    'the old server may, mailcow $mailcow',
    (sides) => {
      expect(() => assertNoLoop(sides, 'old-relays')).not.toThrow()
    },
  )
  it.each(SIDES.filter(({ mailcow }) => mailcow !== 'final'))(
    'the old server may not, mailcow $mailcow',
    (sides) => {
      expect(() => assertNoLoop(sides, 'old-relays')).toThrow(MigrationError)
    },
  )
  it.each(SIDES.filter(({ old }) => old === 'final'))('mailcow may, the old server $old', (sides) => {
    expect(() => assertNoLoop(sides, 'mailcow-relays')).not.toThrow()
  })
  it.each(SIDES.filter(({ old }) => old !== 'final'))('mailcow may not, the old server $old', (sides) => {
    expect(() => assertNoLoop(sides, 'mailcow-relays')).toThrow(MigrationError)
  })
})

it('names the side that keeps what comes', () => {
  expect(finalSide({ mailcow: 'relays', old: 'final' })).toBe('old')
  expect(finalSide({ mailcow: 'final', old: 'final' })).toBe('both')
  expect(finalSide({ mailcow: 'final', old: 'unknown' })).toBe('both')
  expect(finalSide({ mailcow: 'final', old: 'relays' })).toBe('mailcow')
})
