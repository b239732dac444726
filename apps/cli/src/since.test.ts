import { expect, test } from 'vitest'
import { sinceArgument } from './since.ts'

const now = new Date('2026-11-24T12:00:00Z')

test.each([
  ['12h', '2026-11-24T00:00:00.000Z'],
  ['7d', '2026-11-17T12:00:00.000Z'],
  ['2026-11-20T08:00:00Z', '2026-11-20T08:00:00.000Z'],
])('%s', (text, iso) => {
  expect(sinceArgument(text, now).toISOString()).toBe(iso)
})

test('a day begins at midnight here', () => {
  expect(sinceArgument('2026-11-20', now)).toEqual(new Date(2026, 10, 20))
})

test.each(['yesterday', '', '7', '2026-13-40', '1; rm'])('%s is none', (text) => {
  expect(() => sinceArgument(text, now)).toThrow('no time')
})
