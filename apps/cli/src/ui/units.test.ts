import { expect, test } from 'vitest'
import { formatBytes, formatDuration } from './units.ts'

test('formatBytes', () => {
  const sizes = [0, 1, 1023, 1024, 1536, 1_048_064, 1_048_575, 5 * 2 ** 30, 12.34 * 2 ** 20, 3.5 * 2 ** 50]
  expect(sizes.map(formatBytes)).toEqual([
    '0 B',
    '1 B',
    '1023 B',
    '1 KiB',
    '1.5 KiB',
    '1 MiB',
    '1 MiB',
    '5 GiB',
    '12.3 MiB',
    '3584 TiB',
  ])
})

test('formatDuration', () => {
  expect([-5, 0, 7_400, 754_000, 11_100_000, 187_200_000].map(formatDuration)).toEqual([
    '0:00',
    '0:00',
    '0:07',
    '12:34',
    '3:05:00',
    '2d 04:00:00',
  ])
})
