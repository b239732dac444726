import { z } from 'zod'

/** At most `value` messages per second, minute, hour or day. */
export interface RateLimit {
  readonly value: number
  readonly per: 'second' | 'minute' | 'hour' | 'day'
}

const FRAMES = { s: 'second', m: 'minute', h: 'hour', d: 'day' } as const

const shape = z.object({ value: z.union([z.string(), z.number()]), frame: z.enum(['s', 'm', 'h', 'd']) })

/** mailcow's `{value: "10", frame: "s"}`, or `false` where there is none. */
export const rateLimit = z.union([
  z.literal(false).transform(() => null),
  z.null(),
  shape.transform(({ value, frame }): RateLimit => ({ value: Number(value), per: FRAMES[frame] })),
])

/** As mailcow takes it: an empty value removes the limit. */
export function rateLimitToWire(limit: RateLimit | null): { rl_value: string; rl_frame: string } {
  if (limit === null) return { rl_value: '', rl_frame: 's' }
  return { rl_value: String(limit.value), rl_frame: limit.per.charAt(0) }
}
