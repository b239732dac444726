import { describe, expect, it } from 'vitest'
import { ownPassword, type PasswordFacts } from './own-password.ts'

const ourChange = new Date('2026-11-01T10:00:00Z')
const untouched: PasswordFacts = {
  ours: true,
  forcePasswordUpdate: true,
  changedAt: ourChange,
  ourChange,
  isResetting: false,
}

describe('whose password it is', () => {
  const cases: readonly [string, Partial<PasswordFacts>, boolean][] = [
    ['ours, as it was set', {}, false],
    ['changed in the web interface', { forcePasswordUpdate: false }, true],
    ['changed by an admin', { changedAt: new Date('2026-11-03T08:14:09Z') }, true],
    ['a minute later', { changedAt: new Date('2026-11-01T10:01:00Z') }, true],
    ['the same time, read in another time zone', { changedAt: new Date('2026-11-01T11:00:00Z') }, false],
    [
      'a reset of ours whose record is not complete',
      { changedAt: new Date('2026-11-03T08:14:09Z'), isResetting: true },
      false,
    ],
    ['a mailbox that was there before us', { ours: false, ourChange: undefined }, true],
    ['nobody knows when ours was set', { ourChange: undefined }, false],
    ['mailcow does not say', { changedAt: null }, false],
  ]
  it.each(cases)('%s', (_name, change, isOwn) => {
    expect(ownPassword({ ...untouched, ...change }).isOwn).toBe(isOwn)
  })
})
