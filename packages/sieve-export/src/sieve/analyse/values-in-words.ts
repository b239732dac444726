/** Shortens for sentences: one line, at most 60 characters. */
export function brief(text: string): string {
  const flat = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
  const characters = Array.from(flat)
  return characters.length <= 60 ? flat : `${characters.slice(0, 59).join('')}…`
}

/** At most five, then how many more there are. */
export function listed(items: readonly string[], joint: string, more: (count: number) => string): string {
  const shown = items.slice(0, 5)
  if (items.length > shown.length) return `${shown.join(', ')} ${joint} ${more(items.length - shown.length)}`
  const last = shown.at(-1)
  return last === undefined || shown.length === 1
    ? shown.join('')
    : `${shown.slice(0, -1).join(', ')} ${joint} ${last}`
}

/** A date as people write it, from what Sieve compares (RFC 5260 §4.2); undefined when it is none. */
export function dateParts(
  text: string,
):
  | { readonly year: number; readonly month: number; readonly day: number; readonly time?: string }
  | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::\d\d)?.*)?$/i.exec(text)
  if (match === null) return undefined
  const [, year, month, day, time] = match
  return {
    year: Number(year),
    month: Number(month),
    day: Number(day),
    ...(time === undefined ? {} : { time }),
  }
}

/** 1048576 is 1 MiB; sizes in scripts are powers of 1024 (RFC 5228 §2.4.1). */
export function size(bytes: number): string {
  const units = ['Bytes', 'KiB', 'MiB', 'GiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && value % 1024 === 0 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value} ${units[unit]}`
}
