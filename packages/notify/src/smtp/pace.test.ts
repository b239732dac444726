import { expect, test } from 'vitest'
import { makePace } from './pace.ts'

test('messages are spread evenly, and a pause is not made up for', () => {
  let clock = 1000
  const pace = makePace(4, () => clock)
  expect([pace(), pace(), pace()]).toEqual([0, 250, 500])
  clock = 1300
  expect(pace()).toBe(450)
  clock = 60_000
  expect([pace(), pace()]).toEqual([0, 250])
})

test('0 is no limit', () => {
  const pace = makePace(0, () => 5)
  expect([pace(), pace(), pace()]).toEqual([0, 0, 0])
})
