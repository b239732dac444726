import { expect, test, vi } from 'vitest'
import { InterruptedError, listenForInterrupts } from './interrupts.ts'

test('the first signal asks for an end, what comes with it is the same request, a later one stops', () => {
  const onFirst = vi.fn<() => void>()
  const onSecond = vi.fn<() => void>()
  let time = 0
  const before = process.listenerCount('SIGTERM')
  {
    using interrupts = listenForInterrupts({ onFirst, onSecond, now: () => time })
    expect(interrupts.signal.aborted).toBe(false)
    process.emit('SIGTERM', 'SIGTERM')
    time = 100
    process.emit('SIGTERM', 'SIGTERM')
    process.emit('SIGINT', 'SIGINT')
    expect(interrupts.signal.reason).toBeInstanceOf(InterruptedError)
    expect([onFirst.mock.calls.length, onSecond.mock.calls.length]).toEqual([1, 0])
    time = 1000
    process.emit('SIGINT', 'SIGINT')
    expect([onFirst.mock.calls.length, onSecond.mock.calls.length]).toEqual([1, 1])
  }
  expect(process.listenerCount('SIGTERM')).toBe(before)
})
