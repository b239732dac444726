import type { NormalisedLine } from './normalise-line.ts'
import { escapeText, property, unescapeText } from './property.ts'
import type { Property } from './property.ts'

/** What Apple's programs write for "no year", and what they call it. */
const noYear = '1604'
const omitYear = 'X-APPLE-OMIT-YEAR'

export interface CalendarDay {
  /** Absent when only the day of the year is known. */
  readonly year?: number
  readonly month: number
  readonly day: number
}

/** A day as programs and people write it: ISO 8601 in any form, `--0229`, `1.2.1970`. Undefined when it is none. */
export function readDay(text: string): CalendarDay | undefined {
  const iso = /^(\d{4})-?(\d{2})-?(\d{2})(?:$|[T ])/.exec(text)
  const german = /^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})$/.exec(text)
  const yearless = /^--(\d{2})-?(\d{2})$/.exec(text)
  const [year = '', month = '', day = ''] = iso
    ? iso.slice(1)
    : german
      ? [german[3], german[2], german[1]]
      : yearless
        ? [noYear, yearless[1], yearless[2]]
        : []
  const date = { month: Number(month), day: Number(day) }
  // 2000 is a leap year: whatever day can be, is one there
  const days = new Date(Date.UTC(year === noYear ? 2000 : Number(year), date.month, 0)).getUTCDate()
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > days || year === '0000')
    return undefined
  return year === noYear ? date : { year: Number(year), ...date }
}

/** BDAY as `YYYY-MM-DD`. What is no date is kept under a name of its own, since BDAY must be one. */
export function birthday(line: Property): NormalisedLine {
  const text = unescapeText(line.value).trim()
  const day = readDay(text)
  if (day === undefined)
    return {
      lines: [property('X-BIRTHDAY-TEXT', escapeText(text))],
      repair: 'BDAY is no date and was kept as X-BIRTHDAY-TEXT',
    }
  const year = day.year === undefined ? noYear : String(day.year).padStart(4, '0')
  const value = `${year}-${String(day.month).padStart(2, '0')}-${String(day.day).padStart(2, '0')}`
  const parameters = day.year === undefined ? { [omitYear]: [noYear], VALUE: ['date'] } : { VALUE: ['date'] }
  return { lines: [property('BDAY', value, parameters)] }
}
