import { expect, test } from 'vitest'
import { deferred } from '../deferred.ts'
import { TargetFolder } from './target-folder.ts'

function folder(): TargetFolder {
  return new TargetFolder({
    wire: 'a',
    name: 'a',
    uidValidity: 1,
    uidNext: 1,
    permanentFlags: undefined,
    messages: 0,
  })
}

test('nobody looks for what may have been stored while something lies there untold', async () => {
  const target = folder()
  const order: string[] = []
  const stored = deferred<void>()
  const writing = target.write(async () => {
    await stored.promise
    target.storedUntold()
  })
  // A batch that was cut off: its lane asks first, and would take the other's messages for its own.
  const doubting = target.alone(async () => {
    order.push('doubt')
  })
  stored.resolve()
  await writing
  await target.look((alone) =>
    alone(async () => {
      order.push('look')
    }),
  )
  await doubting
  expect(order).toEqual(['look', 'doubt'])
})

test('writers go on beside, and a look that fails makes way', async () => {
  const target = folder()
  await target.write(async () => target.storedUntold())
  const doubting = target.alone(async () => 'looked')
  expect(await target.write(async () => 'wrote')).toBe('wrote')
  await expect(target.look(() => Promise.reject(new Error('lost')))).rejects.toThrow('lost')
  expect(await doubting).toBe('looked')
})
