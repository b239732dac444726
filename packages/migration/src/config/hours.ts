import type { Parsed } from './parsed.ts'

/** A daily span of local time. `from` is inside, `to` is not; a span with `to` before `from` reaches over midnight. */
export interface HoursRange {
  /** Minutes after midnight, 0 to 1439. */
  readonly from: number
  /** Minutes after midnight, 1 to 1440. */
  readonly to: number
}

/** `20:00-06:00`; `24:00` is the end of the day. */
export function parseHours(text: string): Parsed<HoursRange> {
  const ends = text
    .trim()
    .split(/\s*[-–]\s*/u)
    .map(parseTime)
  const [from, to] = ends
  if (ends.length !== 2 || from === undefined || to === undefined || from === 24 * 60)
    return { problem: 'this is no span of hours', suggestion: 'write it as "20:00-06:00"' }
  if (from === to)
    return { problem: 'this span is empty', suggestion: 'leave hours out if any time is right' }
  return { value: { from, to: to === 0 ? 24 * 60 : to } }
}

function parseTime(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/u.exec(text) ?? []
  if (hours === undefined || minutes === undefined || Number(minutes) > 59) return undefined
  const time = Number(hours) * 60 + Number(minutes)
  return time <= 24 * 60 ? time : undefined
}

/** Whether a moment lies in one of the spans, in the machine's own time zone. Without spans it always does. */
export function isWithinHours(hours: readonly HoursRange[] | undefined, at: Date): boolean {
  if (hours === undefined) return true
  const minute = at.getHours() * 60 + at.getMinutes()
  return hours.some(({ from, to }) =>
    from < to ? minute >= from && minute < to : minute >= from || minute < to,
  )
}

/** The first moment from `at` on that lies in one of the spans: `at` itself, or the start of a minute. */
export function nextAllowed(hours: readonly HoursRange[] | undefined, at: Date): Date {
  const candidate = new Date(at)
  // Minute by minute: that is right on the days when the clock is put forward or back, too.
  for (let minutes = 0; minutes <= 2 * 24 * 60 && !isWithinHours(hours, candidate); minutes += 1) {
    candidate.setTime(candidate.getTime() + 60_000)
    candidate.setSeconds(0, 0)
  }
  return candidate
}
