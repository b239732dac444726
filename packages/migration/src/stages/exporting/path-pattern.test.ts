import { describe, expect, it } from 'vitest'
import { expandPattern } from './path-pattern.ts'

describe('expandPattern', () => {
  it('fills in what Dovecot fills in', () => {
    const pattern = '/var/%d/%n/%u/100%%d'
    expect(expandPattern(pattern, 'anna.b@example.at')).toBe('/var/example.at/anna.b/anna.b@example.at/100%d')
  })

  it('does not take what is filled in for a variable', () => {
    expect(expandPattern('/%n/%d', '%d@example.at')).toBe('/%d/example.at')
  })

  it.each([
    '../bob@example.at',
    '..@example.at',
    '.@example.at',
    'a/b@example.at',
    'a@..',
    'a\0@b',
    '@b',
    'ab',
  ])('leads %j nowhere', (address) => {
    expect(expandPattern('/var/%d/%n', address)).toBeUndefined()
  })
})
