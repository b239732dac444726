import type { Api, Decode } from './api.ts'
import { z } from 'zod'
import { usageError } from './errors.ts'
import type { CallOptions } from './options.ts'
import { integer } from './wire.ts'

export interface SearchOptions extends CallOptions {
  /** How many to leave out. Default 0. */
  readonly offset?: number | undefined
  /** How many at most. Default 100. */
  readonly limit?: number | undefined
}

/** One page of what was found. */
export interface SearchPage<T> {
  readonly items: readonly T[]
  /** How many there are that match. */
  readonly matching: number
  /** How many there are in all. */
  readonly total: number
}

const pageSchema = z.object({ recordsTotal: integer, recordsFiltered: integer, data: z.array(z.unknown()) })

/** The table of the web interface: a box to tick, a sign, then the name, in which words are searched. */
const COLUMNS = [
  { data: null, searchable: false },
  { data: null, searchable: false },
  { data: 2, name: '', searchable: true, orderable: true, search: { value: '', regex: false } },
]

/** mailcow's search as its web interface uses it (DataTables). Works with a key that may only read. */
export async function search<T>(
  api: Api,
  route: 'search/domain' | 'search/mailbox',
  words: string,
  decode: Decode<T>,
  options: SearchOptions,
): Promise<SearchPage<T>> {
  const { offset = 0, limit = 100 } = options
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw usageError('offset must be a whole number, not negative')
  if (!Number.isSafeInteger(limit) || limit < 1) throw usageError('limit must be a positive whole number')
  const body = {
    draw: 1,
    start: offset,
    length: limit,
    search: { value: words, regex: false },
    columns: COLUMNS,
    order: [],
  }
  const page = pageSchema.safeParse(await api.search(route, body, options))
  if (!page.success) throw api.unexpected(route, 'is not a page of results')
  return {
    items: api.decodeAll(route, page.data.data, decode),
    matching: page.data.recordsFiltered,
    total: page.data.recordsTotal,
  }
}
