import { NoticeUsageError } from '../errors.ts'
import { CalendarDay } from './calendar-day.ts'
import type { NoticeDate } from './common.ts'

/** What a template may use of a value; `?` may be absent, and is null in the template then. */
type Leaf = 'text' | 'number' | 'boolean' | 'date'
export type Shape = Leaf | `${Leaf}?` | OptionalShape | ListShape | RecordShape
export type ListShape = readonly [Shape]
export interface RecordShape {
  readonly [key: string]: Shape
}
/** A record that may be absent. */
interface OptionalShape {
  readonly '?': RecordShape
}

type LeafOf<T> = [Date] extends [T]
  ? 'date'
  : [T] extends [string]
    ? 'text'
    : [T] extends [number]
      ? 'number'
      : [T] extends [boolean]
        ? 'boolean'
        : never

type Present<T> = Exclude<T, undefined | null>
type IsRequired<T> = [Extract<T, undefined | null>] extends [never] ? true : false

/** The shape that a data type must have: the compiler holds the two together. */
export type ShapeOf<T> =
  Present<T> extends readonly (infer Item)[]
    ? readonly [ShapeOf<Item>]
    : [Present<T>] extends [NoticeDate | number | boolean]
      ? IsRequired<T> extends true
        ? LeafOf<Present<T>>
        : `${LeafOf<Present<T>>}?`
      : IsRequired<T> extends true
        ? FieldsOf<T>
        : { readonly '?': FieldsOf<Present<T>> }
type FieldsOf<T> = { readonly [K in keyof T]-?: ShapeOf<T[K]> }

export function isList(shape: Shape): shape is ListShape {
  return Array.isArray(shape)
}

/** The fields of a record, absent or not; undefined for everything else. */
export function fieldsOf(shape: Shape): RecordShape | undefined {
  if (typeof shape === 'string' || isList(shape)) return undefined
  return isOptional(shape) ? shape['?'] : shape
}

function isOptional(shape: OptionalShape | RecordShape): shape is OptionalShape {
  return '?' in shape
}

const maxListLength = 20_000

/**
 * Plain data with exactly the fields of the shape: what is absent becomes null, what the shape does not know is left
 * out, and a value of another type is an error that names its place.
 */
export function conform(value: unknown, shape: Shape, place = 'data'): unknown {
  if (typeof shape === 'string') return conformLeaf(value, shape, place)
  if (isList(shape)) {
    if (!Array.isArray(value)) throw new NoticeUsageError(`${place} is not a list`)
    if (value.length > maxListLength)
      throw new NoticeUsageError(`${place} has more than ${maxListLength} entries`)
    return value.map((item: unknown, index) => conform(item, shape[0], `${place}[${index}]`))
  }
  const fields = fieldsOf(shape) ?? {}
  if (value === undefined || value === null) {
    if (isOptional(shape)) return null
    throw new NoticeUsageError(`${place} is missing`)
  }
  if (typeof value !== 'object') throw new NoticeUsageError(`${place} is not a record`)
  const record: Record<string, unknown> = Object.create(null)
  const given: ReadonlyMap<string, unknown> = new Map(Object.entries(value))
  for (const [key, field] of Object.entries(fields))
    record[key] = conform(given.get(key), field, `${place}.${key}`)
  return record
}

function conformLeaf(value: unknown, shape: Leaf | `${Leaf}?`, place: string): unknown {
  const optional = shape.endsWith('?')
  if (value === undefined || value === null) {
    if (optional) return null
    throw new NoticeUsageError(`${place} is missing`)
  }
  const leaf = optional ? shape.slice(0, -1) : shape
  if (leaf === 'date') return conformDate(value, place)
  if (leaf === 'number' && typeof value === 'number' && Number.isFinite(value)) return value
  if (leaf === 'text' && typeof value === 'string') return value
  if (leaf === 'boolean' && typeof value === 'boolean') return value
  throw new NoticeUsageError(`${place} is not a ${leaf}`)
}

const day = /^\d{4}-\d\d-\d\d$/
const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/

function conformDate(value: unknown, place: string): Date | CalendarDay {
  const date =
    typeof value === 'string' && day.test(value)
      ? new CalendarDay(value)
      : typeof value === 'string' && instant.test(value)
        ? new Date(value)
        : value
  if (date instanceof CalendarDay && !Number.isNaN(date.utc.getTime())) return date
  if (date instanceof Date && !Number.isNaN(date.getTime())) return date
  throw new NoticeUsageError(`${place} is not a date (2026-11-30, or an instant with its offset)`)
}
