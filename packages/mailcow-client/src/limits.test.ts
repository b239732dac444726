import { expect, test, vi } from 'vitest'
import { KeyedLock, Slots } from './limits.ts'
import { gate } from './abort.ts'

test('slots: no more at once than there are, in the order of arrival', async () => {
  const slots = new Slots(2)
  const gates = [gate(), gate(), gate()]
  const begun: number[] = []
  const runs = gates.map((turn, index) =>
    slots.run(async () => {
      begun.push(index)
      await turn.opened
    }, undefined),
  )
  await vi.waitFor(() => expect(begun).toEqual([0, 1]))
  gates[1]?.open()
  await runs[1]
  await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]))
  gates[0]?.open()
  gates[2]?.open()
  await Promise.all(runs)
})

test('slots: a task that fails gives its slot back', async () => {
  const slots = new Slots(1)
  await expect(slots.run(() => Promise.reject(new Error('no')), undefined)).rejects.toThrow('no')
  await expect(slots.run(() => Promise.resolve('yes'), undefined)).resolves.toBe('yes')
})

test('locks: one at a time per key, several keys at once, and no deadlock whatever the order', async () => {
  const lock = new KeyedLock()
  const running = new Set<string>()
  const work = async (keys: string[]): Promise<void> => {
    await lock.run(
      keys,
      async () => {
        for (const key of keys) {
          if (running.has(key)) throw new Error(`two at once for ${key}`)
          running.add(key)
        }
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        for (const key of keys) running.delete(key)
      },
      undefined,
    )
  }
  const orders = [['a', 'b'], ['b', 'a'], ['a'], ['b', 'c'], ['c', 'a'], [], ['c']]
  await Promise.all([...orders, ...orders, ...orders].map(work))
  expect(running.size).toBe(0)
})
