// INTERNALDATE (RFC 3501 §9 date-time): parsed and rebuilt, never passed through.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** A day of one digit has a blank before it, which some forget. */
const pattern = /^( ?\d|\d\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/

/** Seconds since the epoch and the zone it was written in (minutes east of UTC). */
export interface InternalDate {
  readonly seconds: number
  readonly zoneMinutes: number
}

/** Parses what a server sends, or returns undefined when it is no date. */
export function parseInternalDate(text: string): InternalDate | undefined {
  const match = pattern.exec(text)
  if (match === null) return undefined
  const [, day = '', monthName = '', year, hour, minute, second, sign, zoneHours, zoneRest] = match
  const month = months.findIndex((name) => name.toLowerCase() === monthName.toLowerCase())
  if (month === -1) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(year), month, Number(day))
  if (date.getUTCMonth() !== month) return undefined
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  const zone = (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneRest))
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60 || Number(zoneRest) > 59)
    return undefined
  return { seconds: date.getTime() / 1000 - zone * 60, zoneMinutes: zone }
}

/**
 * Writes a date as APPEND takes it. Zones beyond ±14:00 become UTC, and instants that 32-bit servers cannot hold
 * (before 1970, after 2106) are moved to the nearest that they can: `replaced` says so.
 */
export function formatInternalDate(date: InternalDate): {
  readonly text: string
  readonly replaced: boolean
} {
  const seconds = Math.min(Math.max(date.seconds, 0), 0xffff_ffff - 86_400)
  // Near the epoch a zone would lead into 1969.
  const zone = Math.abs(date.zoneMinutes) <= 14 * 60 && seconds >= 86_400 ? date.zoneMinutes : 0
  const local = new Date((seconds + zone * 60) * 1000)
  const day = String(local.getUTCDate()).padStart(2, ' ')
  const month = months[local.getUTCMonth()] ?? 'Jan'
  const year = String(local.getUTCFullYear()).padStart(4, '0')
  const time = `${twoDigits(local.getUTCHours())}:${twoDigits(local.getUTCMinutes())}:${twoDigits(local.getUTCSeconds())}`
  const offset = `${zone < 0 ? '-' : '+'}${twoDigits(Math.trunc(Math.abs(zone) / 60))}${twoDigits(Math.abs(zone) % 60)}`
  return { text: `${day}-${month}-${year} ${time} ${offset}`, replaced: seconds !== date.seconds }
}

/**
 * Whether a server may store another date: Dovecot takes no date from the future (tried: 2.3.19) and puts the time of
 * the APPEND in its place.
 */
export function isInFuture(date: InternalDate): boolean {
  return date.seconds > Date.now() / 1000
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}
