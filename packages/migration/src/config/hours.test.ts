import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWithinHours, nextAllowed, parseHours } from './hours.ts'

describe('parseHours', () => {
  it.each([
    ['20:00-06:00', { from: 1200, to: 360 }],
    [' 8:30 – 17:05 ', { from: 510, to: 1025 }],
    ['22:00-24:00', { from: 1320, to: 1440 }],
    ['22:00-00:00', { from: 1320, to: 1440 }],
    ['00:00-24:00', { from: 0, to: 1440 }],
  ])('reads %s', (text, value) => {
    expect(parseHours(text)).toEqual({ value })
  })

  it.each([
    '',
    '20-06',
    '20:00',
    '20:00-06:00-08:00',
    '25:00-06:00',
    '20:60-06:00',
    '24:00-06:00',
    '20:00-20:00',
  ])('refuses %j', (text) => {
    expect(parseHours(text)).toHaveProperty('problem')
  })
})

function isNight(time: string): boolean {
  return isWithinHours([{ from: 1200, to: 360 }], new Date(`2026-11-24T${time}:00`))
}

describe('isWithinHours', () => {
  it('includes the beginning and excludes the end, over midnight too', () => {
    expect(['19:59', '20:00', '00:00', '05:59', '06:00', '12:00'].filter(isNight)).toEqual([
      '20:00',
      '00:00',
      '05:59',
    ])
  })

  it('is always true without spans, and with the two halves of a day true for exactly one of them', () => {
    const moment = fc.date({ noInvalidDate: true })
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 1439 }), (at, noon) => {
        const halves = [[{ from: 0, to: noon }], [{ from: noon, to: 1440 }]]
        expect(isWithinHours(undefined, at)).toBe(true)
        expect(halves.filter((half) => isWithinHours(half, at))).toHaveLength(1)
        expect(isWithinHours(halves.flat(), at)).toBe(true)
      }),
    )
  })
})

describe('nextAllowed', () => {
  const night = [{ from: 20 * 60, to: 6 * 60 }]
  it.each([
    ['2026-01-01T12:34:56', '2026-01-01T20:00:00'],
    ['2026-01-01T06:00:00', '2026-01-01T20:00:00'],
    ['2026-01-01T05:59:30', '2026-01-01T05:59:30'],
    ['2026-01-01T23:00:00', '2026-01-01T23:00:00'],
  ])('after %s is %s', (at, next) => {
    expect(nextAllowed(night, new Date(at))).toEqual(new Date(next))
  })

  it('is always allowed, and never before what it was asked for', () => {
    const minute = fc.integer({ min: 0, max: 1439 })
    const at = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(minute, minute, at, (from, to, now) => {
        fc.pre(from !== to)
        const next = nextAllowed([{ from, to: to === 0 ? 1440 : to }], now)
        expect(next >= now).toBe(true)
        expect(isWithinHours([{ from, to: to === 0 ? 1440 : to }], next)).toBe(true)
      }),
    )
  })
})
