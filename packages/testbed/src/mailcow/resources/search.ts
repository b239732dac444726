import { intval, isEmpty, isRecord, text, toList, type JsonRecord } from '../php-values.ts'
import { isTagged } from './tags.ts'

/** The answer to a DataTables request without its `data`, and the names that belong on the page asked for. */
export interface SearchResult {
  readonly page: readonly string[]
  readonly answer: JsonRecord
}

/** `names` are all that there are, sorted; a row is found by its name or by a tag. */
export function searchNames(
  query: JsonRecord,
  names: readonly string[],
  rowOf: (name: string) => { readonly tags: readonly string[] } | undefined,
): SearchResult {
  const wanted = searchText(query)
  const matching = names.filter((name) => name.includes(wanted) || isTagged(rowOf(name), [wanted]))
  const start = intval(query['start'])
  const length = isEmpty(query['length']) ? -1 : intval(query['length'])
  return {
    page: matching.slice(start, length < 0 ? undefined : start + length),
    answer: {
      draw: intval(query['draw']),
      recordsTotal: names.length,
      recordsFiltered: matching.length,
    },
  }
}

/** Nothing is searched for when no column is searchable. */
function searchText(query: JsonRecord): string {
  const searchable = toList(query['columns']).some(
    (column) => isRecord(column) && column['searchable'] === true,
  )
  const search = query['search']
  return searchable && isRecord(search) ? text(search['value']).toLowerCase() : ''
}
