import { CalendarDay } from '../data/calendar-day.ts'

/** How values look in one language. Formatters are made once: they are slow to make. */
export interface Formats {
  readonly number: (value: number) => string
  readonly bytes: (value: number) => string
  readonly list: (items: readonly string[]) => string
  readonly date: (value: Date | CalendarDay, timeZone: string, style: DateStyle) => string
}

export type DateStyle = 'date' | 'day' | 'datetime'

const dateStyles: Record<DateStyle, Intl.DateTimeFormatOptions> = {
  date: { dateStyle: 'long' },
  day: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  datetime: { dateStyle: 'long', timeStyle: 'short' },
}

const units = ['KB', 'MB', 'GB', 'TB'] as const

/** A language alone is written as where the readers live: Jänner, and the day before the month. */
const homes: Readonly<Record<string, string>> = { de: 'de-AT', en: 'en-GB' }

export function formatsOf(tag: string): Formats {
  const language = homes[tag] ?? tag
  const number = new Intl.NumberFormat(language)
  const short = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  const list = new Intl.ListFormat(language)
  const dates = new Map<string, Intl.DateTimeFormat>()
  return {
    number: (value) => number.format(value),
    bytes: (value) => {
      // As mail programs and mailcow count, by 1,024; as people say, GB.
      let amount = value / 1024
      let unit = 0
      while (amount >= 1023.95 && unit < units.length - 1) {
        amount /= 1024
        unit += 1
      }
      return `${unit === 0 ? number.format(Math.ceil(amount)) : short.format(amount)}\u00A0${units[unit] ?? ''}`
    },
    list: (items) => list.format(items),
    date: (value, timeZone, style) => {
      const zone = value instanceof CalendarDay ? 'UTC' : timeZone
      const key = `${style} ${zone}`
      let format = dates.get(key)
      if (format === undefined) {
        // A day is a day: its time of day would be invented.
        const options = dateStyles[value instanceof CalendarDay && style === 'datetime' ? 'date' : style]
        format = new Intl.DateTimeFormat(language, { ...options, timeZone: zone })
        dates.set(key, format)
      }
      return format.format(value instanceof CalendarDay ? value.utc : value)
    },
  }
}
