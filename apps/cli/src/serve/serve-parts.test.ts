import { describe, expect, test } from 'vitest'
import { ChangeFeed } from './change-feed.ts'
import { keptFor } from './page-data.ts'
import { rateOf } from './rate.ts'

const at = (seconds: number) => new Date(Date.parse('2026-11-24T20:00:00Z') + seconds * 1000).toISOString()

describe('the rate of a run', () => {
  test('is that of its last minute, and tells what is left', () => {
    const samples = [0, 30, 600, 630, 660].map((seconds) => ({
      at: at(seconds),
      messages: seconds < 100 ? 0 : (seconds - 600) * 2,
      bytes: seconds < 100 ? 0 : (seconds - 600) * 1000,
    }))
    const total = { messages: 320, bytes: 1 }
    expect(rateOf({ stage: 'copy', startedAt: at(0), total, samples })).toEqual({
      bytesPerSecond: 1000,
      messagesPerSecond: 2,
      remainingMs: 100_000,
    })
  })
  test('is nothing for one sample, and leaves the rest open where nothing moves', () => {
    const sample = { at: at(0), messages: 1, bytes: 1 }
    expect(rateOf({ stage: 'copy', startedAt: at(0), samples: [sample] })).toBeUndefined()
    const standing = [sample, { ...sample, at: at(10) }]
    expect(
      rateOf({ stage: 'copy', startedAt: at(0), total: { messages: 9, bytes: 9 }, samples: standing }),
    ).toEqual({ bytesPerSecond: 0, messagesPerSecond: 0 })
  })
})

test('changes are told at once, once more for what was read meanwhile, and now and then', () => {
  let changed = false
  let told = 0
  using feed = new ChangeFeed({ hasChanged: () => changed, [Symbol.dispose]: () => undefined })
  using listening = feed.listen(() => {
    told += 1
  })
  const after = (ticks: number) => {
    for (let n = 0; n < ticks; n += 1) feed.tick()
    return told
  }
  expect(feed.listeners).toBe(1)
  expect(after(2)).toBe(0)
  changed = true
  expect(after(1)).toBe(1)
  changed = false
  expect(after(2)).toBe(1)
  expect(after(1)).toBe(2)
  expect(after(8)).toBe(2)
  expect(after(1)).toBe(3)
  listening[Symbol.dispose]()
  expect(feed.listeners).toBe(0)
})

test('a question is asked once for all who look at the same time, and anew when it took its share of time', async () => {
  let now = 0
  let asked = 0
  const find = keptFor(
    async () => {
      asked += 1
      const number = asked
      now += 1000
      return number
    },
    () => now,
  )
  expect(await Promise.all([find(), find(), find()])).toEqual([1, 1, 1])
  now += 3999
  expect(await find()).toBe(1)
  now += 1
  expect(await find()).toBe(2)
})

test('what failed is tried again', async () => {
  let asked = 0
  const find = keptFor(
    () => {
      asked += 1
      return asked === 1 ? Promise.reject(new Error('locked')) : Promise.resolve('there')
    },
    () => 0,
  )
  await expect(find()).rejects.toThrow('locked')
  expect(await find()).toBe('there')
})
