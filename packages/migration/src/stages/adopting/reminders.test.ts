import { describe, expect, it } from 'vitest'
import { reminderState } from './reminders.ts'

const handedOverAt = new Date('2026-11-01T08:00:00Z')
const day = (count: number) => new Date(handedOverAt.getTime() + count * 86_400_000)
const told = (occasion: string) => ({ kind: 'reminder', occasion, outcome: 'delivered' as const })

describe('which reminder is due', () => {
  it('none before the first day', () => {
    expect(reminderState([3, 7], handedOverAt, [], day(2.9))).toEqual({
      told: [],
      nextAt: day(3),
      isSpent: false,
    })
  })
  it('each once', () => {
    expect(reminderState([3, 7], handedOverAt, [], day(3))).toMatchObject({ due: 1, nextAt: day(7) })
    expect(reminderState([3, 7], handedOverAt, [told('1')], day(4))).toEqual({
      told: [1],
      nextAt: day(7),
      isSpent: false,
    })
    expect(reminderState([3, 7], handedOverAt, [told('1 letter')], day(8))).toMatchObject({ due: 2 })
    expect(reminderState([3, 7], handedOverAt, [told('2')], day(30))).toEqual({ told: [2], isSpent: true })
  })
  it('not all at once that were missed', () => {
    expect(reminderState([3, 7, 14], handedOverAt, [], day(8))).toMatchObject({ due: 2, nextAt: day(14) })
  })
  it('one that failed is due still', () => {
    expect(
      reminderState([3], handedOverAt, [{ kind: 'reminder', occasion: '1', outcome: 'failed' }], day(3)),
    ).toMatchObject({ due: 1, isSpent: false })
  })
  it('without any the contact is told at once', () => {
    expect(reminderState([], handedOverAt, [], day(0))).toEqual({ told: [], isSpent: true })
  })
})
