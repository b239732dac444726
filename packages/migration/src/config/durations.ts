import type { Parsed } from './parsed.ts'

const milliseconds = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
])

/** `500ms`, `30s`, `5m`, `2h`, `7d`. A unit is required: a bare number would be taken for seconds by one and for minutes by the other. */
export function parseDuration(text: string): Parsed<number> {
  const [, amount, unit = ''] = /^(\d{1,9})\s*([a-z]+)$/u.exec(text.trim()) ?? []
  const factor = milliseconds.get(unit)
  if (amount === undefined || factor === undefined)
    return { problem: 'this is no duration', suggestion: 'write it as 30s, 5m or 2h' }
  return { value: Number(amount) * factor }
}
