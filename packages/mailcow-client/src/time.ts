const SERVER_TIME = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/

/**
 * mailcow writes `YYYY-MM-DD HH:MM:SS` in its own time zone and does not say which. Returns null for null, zeros and
 * anything else that is no time.
 *
 * @param timeZone IANA name, or undefined for the zone of this machine.
 */
export function parseServerTime(value: string | null | undefined, timeZone: string | undefined): Date | null {
  const match = SERVER_TIME.exec(value ?? '')
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return null
  if (timeZone === undefined) return new Date(year, month - 1, day, hour, minute, second)
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  // The offset at the wanted instant is not known before the instant is: guess, then correct across a DST change.
  const guess = asUtc - offsetAt(asUtc, timeZone)
  return new Date(asUtc - offsetAt(guess, timeZone))
}

/** Unix seconds; 0 means never. */
export function fromUnixSeconds(value: number | null | undefined): Date | null {
  return value === null || value === undefined || value <= 0 ? null : new Date(value * 1000)
}

/** How far the zone's wall clock is ahead of UTC, in ms. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant)
  const part = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((candidate) => candidate.type === type)?.value ?? Number.NaN)
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return wall - Math.floor(instant / 1000) * 1000
}
