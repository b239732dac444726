import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromUnixSeconds, parseServerTime } from './time.ts'

/** The wall clock of a zone, as mailcow writes it. */
function wallClock(instant: Date, timeZone: string): string {
  return instant.toLocaleString('sv-SE', { timeZone })
}

describe('parseServerTime', () => {
  test('knows the zone, summer and winter', () => {
    expect(parseServerTime('2026-11-24 12:24:35', 'Europe/Vienna')).toEqual(new Date('2026-11-24T11:24:35Z'))
    expect(parseServerTime('2026-07-24 12:24:35', 'Europe/Vienna')).toEqual(new Date('2026-07-24T10:24:35Z'))
    expect(parseServerTime('2026-07-24 12:24:35', 'UTC')).toEqual(new Date('2026-07-24T12:24:35Z'))
    expect(parseServerTime('2026-03-29 03:00:00', 'Europe/Vienna')).toEqual(new Date('2026-03-29T01:00:00Z'))
  })

  test('gives an instant that the zone writes the same way', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Vienna',
      'America/New_York',
      'Asia/Kolkata',
      'Pacific/Auckland',
    )
    const seconds = fc.integer({ min: Date.UTC(2000, 0) / 1000, max: Date.UTC(2037, 0) / 1000 })
    fc.assert(
      fc.property(zone, seconds, (timeZone, instant) => {
        const written = wallClock(new Date(instant * 1000), timeZone)
        const read = parseServerTime(written, timeZone)
        expect(wallClock(read ?? new Date(0), timeZone)).toBe(written)
      }),
    )
  })

  test('without a zone takes that of this machine', () => {
    expect(parseServerTime('2026-11-24 12:24:35', undefined)).toEqual(new Date(2026, 10, 24, 12, 24, 35))
  })

  test.each([null, undefined, '', '0000-00-00 00:00:00', '2026-13-01 00:00:00', '2026-11-24', 'yesterday'])(
    '%j is no time',
    (value) => {
      expect(parseServerTime(value, 'UTC')).toBeNull()
    },
  )

  test('unix seconds: 0 is never', () => {
    expect(fromUnixSeconds(0)).toBeNull()
    expect(fromUnixSeconds(undefined)).toBeNull()
    expect(fromUnixSeconds(1_795_523_424)).toEqual(new Date(1_795_523_424_000))
  })
})
