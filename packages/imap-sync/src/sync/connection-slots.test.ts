import { expect, test } from 'vitest'
import { ConnectionSlots, type WantedConnection } from './connection-slots.ts'

function want(side: 'source' | 'target', user: string, host = 'mail'): WantedConnection {
  return { side, endpoint: { server: { host, port: 993, tls: 'implicit' }, login: { user, password: '' } } }
}

test('no more to one server, and to one user, than may be', () => {
  const slots = new ConnectionSlots({ source: 3, perUser: 2 })
  expect(slots.tryTake([want('source', 'a')])).toBeDefined()
  expect(slots.tryTake([want('source', 'a')])).toBeDefined()
  expect(slots.tryTake([want('source', 'a')])).toBeUndefined()
  const release = slots.tryTake([want('source', 'b')])
  expect(slots.tryTake([want('source', 'c')])).toBeUndefined()
  expect(slots.tryTake([want('source', 'c', 'another')])).toBeDefined()
  expect(slots.tryTake([want('target', 'c')])).toBeDefined()
  release?.()
  release?.()
  expect(slots.tryTake([want('source', 'c')])).toBeDefined()
  expect(slots.tryTake([want('source', 'd')])).toBeUndefined()
})

test('what is wanted together is granted together, in the order of the line, and nobody waits for one who waits', async () => {
  const slots = new ConnectionSlots({ source: 1, target: 1, perUser: 1 })
  const pair = (user: string) => [want('source', user), want('target', user)]
  const first = slots.tryTake([want('target', 'x')])
  const order: string[] = []
  const waiting = ['a', 'b'].map(async (user) => {
    const release = await slots.take(pair(user))
    order.push(user)
    release()
  })
  const single = await slots.take([want('source', 'c')])
  single()
  first?.()
  await Promise.all(waiting)
  expect(order).toEqual(['a', 'b'])
})

test('who gives up waiting leaves the line', async () => {
  const slots = new ConnectionSlots({ source: 1 })
  const release = slots.tryTake([want('source', 'a')])
  const abort = new AbortController()
  const waiting = slots.take([want('source', 'b')], abort.signal)
  abort.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  release?.()
  expect(slots.tryTake([want('source', 'c')])).toBeDefined()
})
