/** A time at the head of a line, and what follows it. */
export interface Stamped {
  readonly time: Date
  readonly rest: string
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

// RFC 3164 §4.1.1 `<PRI>` may have been kept in front.
const iso =
  /^(?:<\d{1,3}>)?(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?:? +/
const plain =
  /^(?:<\d{1,3}>)?(?:dovecot: )?([A-Z][a-z]{2}) +(\d{1,2})(?: (\d{4}))? (\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))? +/

/**
 * The time that a line begins with: RFC 3339, `2026-11-24 18:50:13`, or syslog's `Nov 24 18:50:13`, which has no year: the
 * newest one that does not lie after `before`. Without a zone it is this machine's. `undefined`: the line has none. Pure.
 */
export function stamped(line: string, before: Date): Stamped | undefined {
  const full = iso.exec(line)
  if (full !== null) {
    const [all, year, month, day, hour, minute, second, fraction, zone] = full
    const at = [
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
    ] as const
    const time = zone === undefined ? local(...at, fraction) : zoned(...at, fraction, zone)
    return time === undefined ? undefined : { time, rest: line.slice(all.length) }
  }
  const short = plain.exec(line)
  if (short === null) return undefined
  const [all, name = '', day, year, hour, minute, second, fraction] = short
  const month = MONTHS.indexOf(name)
  if (month < 0) return undefined
  const of = (wanted: number): Date | undefined =>
    local(wanted, month, Number(day), Number(hour), Number(minute), Number(second), fraction)
  const time = year === undefined ? newest(of, before) : of(Number(year))
  return time === undefined ? undefined : { time, rest: line.slice(all.length) }
}

const DAY_MS = 86_400_000

/** A clock may be a little ahead; February 29 exists in few years. */
function newest(of: (year: number) => Date | undefined, before: Date): Date | undefined {
  const limit = before.getTime() + DAY_MS
  for (let year = before.getFullYear() + 1; year > before.getFullYear() - 8; year -= 1) {
    const time = of(year)
    if (time !== undefined && time.getTime() <= limit) return time
  }
  return undefined
}

function local(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string | undefined,
): Date | undefined {
  const time = new Date(year, month, day, hour, minute, second, milliseconds(fraction))
  // What is no date (February 30, 25 o'clock) rolls over.
  return time.getMonth() === month && time.getDate() === day && hour < 24 && minute < 60 ? time : undefined
}

function zoned(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: string | undefined,
  zone: string,
): Date | undefined {
  const utc = Date.UTC(year, month, day, hour, minute, second, milliseconds(fraction))
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? []
  const offset = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
  const time = new Date(utc - offset * 60_000)
  return Number.isNaN(time.getTime()) || month > 11 || hour > 23 ? undefined : time
}

function milliseconds(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'))
}
