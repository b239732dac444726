import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { matches } from './exclude.ts'

test.each([
  ['INBOX.Alt', 'INBOX.Alt', true],
  ['INBOX.Alt', 'INBOX.Alt.2019', false],
  ['INBOX.Alt*', 'INBOX.Alt.2019', true],
  ['*', '', true],
  ['*.tmp', 'INBOX.a.tmp', true],
  ['a*a', 'a', false],
  ['a*b*c', 'a.b.b.c', true],
  ['a*bc*c', 'abc', false],
  ['INBOX.(x', 'INBOX.(x', true],
])('%s for %s: %s', (pattern, folder, expected) => {
  expect(matches(pattern, folder)).toBe(expected)
})

test('is what the expression says', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*') })
  fc.assert(
    fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b', '.') }), (pattern, folder) => {
      const expression = new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`)
      expect(matches(pattern, folder)).toBe(expression.test(folder))
    }),
  )
})
