import { UsageError } from '@iteg/migration'

const UNITS = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const

/** A day (`2026-11-24`, its beginning in local time), a time in ISO 8601, or how long ago: `12h`, `7d`, `2w`. */
export function sinceArgument(text: string, now: Date): Date {
  const ago = /^(\d{1,5})([hdw])$/.exec(text)
  const unit = ago?.[2]
  if (unit === 'h' || unit === 'd' || unit === 'w')
    return new Date(now.getTime() - Number(ago?.[1]) * UNITS[unit])
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const date = new Date(day ? `${text}T00:00:00` : text)
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(date.getTime())) return date
  throw new UsageError(`${text} is no time.`, { hint: 'For example: --since 2026-11-24, or --since 7d' })
}
