import { array, assert, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareForecast, forecast, type MeasuredCopy } from './forecast.ts'

const amounts = record({
  messages: integer({ min: 0, max: 5_000_000 }),
  bytes: integer({ min: 0, max: 2 ** 44 }),
})
const copies = array(
  record({
    messages: integer({ min: 0, max: 1_000_000 }),
    bytes: integer({ min: 0, max: 2 ** 40 }),
    durationMs: integer({ min: 0, max: 10 ** 9 }),
  }),
  { maxLength: 30 },
)

describe('forecast', () => {
  it('is a range of whole, finite, ordered durations', () => {
    assert(
      property(amounts, copies, (amount, measured) => {
        const { copy, lastDelta } = forecast(amount, measured)
        for (const { fromMs, toMs } of [copy, lastDelta]) {
          expect(Number.isSafeInteger(fromMs) && Number.isSafeInteger(toMs)).toBe(true)
          expect(fromMs).toBeGreaterThanOrEqual(0)
          expect(toMs).toBeGreaterThanOrEqual(fromMs)
        }
      }),
    )
  })

  it('never says less for more mail', () => {
    assert(
      property(amounts, amounts, copies, (one, more, measured) => {
        const sum = { messages: one.messages + more.messages, bytes: one.bytes + more.bytes }
        const [small, large] = [forecast(one, measured), forecast(sum, measured)]
        for (const key of ['copy', 'lastDelta'] as const) {
          expect(large[key].fromMs).toBeGreaterThanOrEqual(small[key].fromMs)
          expect(large[key].toMs).toBeGreaterThanOrEqual(small[key].toMs)
        }
      }),
    )
  })

  it('does not depend on the order of what was measured', () => {
    assert(
      property(amounts, copies, (amount, measured) => {
        expect(forecast(amount, measured.toReversed())).toEqual(forecast(amount, measured))
      }),
    )
  })

  it('holds what would be forecast for a copy like all the others', () => {
    const like = record({
      messages: integer({ min: 1, max: 100_000 }),
      bytes: integer({ min: 1, max: 2 ** 36 }),
      durationMs: integer({ min: 2_000, max: 10 ** 8 }),
    })
    assert(
      property(like, integer({ min: 1, max: 20 }), (copy, count) => {
        const measured = Array.from({ length: count }, (): MeasuredCopy => copy)
        const said = forecast(copy, measured)
        expect(said.basis).toBe('measured')
        expect(compareForecast(said.copy, copy.durationMs).verdict).toBe('within')
      }),
    )
  })

  it('has a stated range before the first copy, and copies that were over at once tell nothing', () => {
    const amount = { messages: 1000, bytes: 1_000_000_000 }
    const before = forecast(amount, [])
    expect(before).toMatchObject({ basis: 'default', copies: 0, copy: { fromMs: 50_000, toMs: 1_000_000 } })
    expect(forecast(amount, [{ messages: 1, bytes: 100, durationMs: 50 }])).toEqual(before)
  })

  it('says how it was', () => {
    const said = { fromMs: 100, toMs: 200 }
    expect([50, 100, 200, 201].map((actual) => compareForecast(said, actual).verdict)).toEqual([
      'faster',
      'within',
      'within',
      'slower',
    ])
  })
})
