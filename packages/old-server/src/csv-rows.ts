import { type CsvError, parse } from 'csv-parse/sync'
import type { Position, Problems } from './problems.ts'

/** A record whose fields know where they stand. */
export interface CsvRow {
  readonly fields: readonly string[]
  /** Where the record begins. */
  readonly at: Position
  /** Where a field begins, by its index. */
  fieldAt(index: number): Position
}

/** One alias with some ten thousand targets; what is longer is a quote that was never closed. */
const maxRecordSize = 1024 * 1024

/**
 * Splits a CSV text (RFC 4180; any line end, a byte order mark, blank lines) into its records. The separator is the one
 * of the first line: spreadsheets in German write semicolons.
 */
export function readCsvRows(text: string, problems: Problems): CsvRow[] {
  const lines = text.replace(/^\u{FEFF}/u, '').replace(/\r\n?/gu, '\n')
  const errors: CsvError[] = []
  const separator = separatorOf(lines)
  const records: readonly unknown[] = parse(lines, {
    delimiter: separator,
    record_delimiter: '\n',
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: maxRecordSize,
    skip_records_with_error: true,
    on_skip: (error) => {
      if (error !== undefined) errors.push(error)
      return undefined
    },
  })
  const rows = records
    .filter(isDetailed)
    .map(({ record, info, raw }) => rowOf(record, info.lines, raw, separator))
  // After the first broken quote everything is read wrongly: more problems would only mislead.
  const first = errors[0]
  if (first === undefined) return rows
  const brokenLine = Number(first['lines'])
  const sound = rows.filter((row) => row.at.line < brokenLine)
  const opened = first.code === 'CSV_QUOTE_NOT_CLOSED' || first.code === 'CSV_MAX_RECORD_SIZE'
  const line = opened ? (sound.at(-1)?.at.line ?? 0) + 1 : brokenLine
  if (opened) problems.add({ line, column: 1 }, 'a quote is opened in or after this line and never closed')
  else
    problems.add(
      { line, column: 1 },
      'a quote stands in the middle of a field',
      'put the whole field into quotes and double the quotes inside',
    )
  return sound
}

interface DetailedRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
  readonly raw: string
}

/** What `info` and `raw` make of a record; csv-parse's types do not know it. */
function isDetailed(value: unknown): value is DetailedRecord {
  return typeof value === 'object' && value !== null && 'record' in value && 'info' in value && 'raw' in value
}

function separatorOf(text: string): ',' | ';' | '\t' {
  const header = text.trimStart().split('\n', 1)[0] ?? ''
  if (header.includes(',')) return ','
  return header.includes(';') ? ';' : header.includes('\t') ? '\t' : ','
}

function rowOf(fields: readonly string[], lastLine: number, raw: string, separator: string): CsvRow {
  // `raw` begins with the blank lines that were skipped before the record.
  const own = raw.replace(/^(?:[^\S\n]*\n)+/u, '').replace(/\n$/u, '')
  const firstLine = lastLine - (own.match(/\n/gu)?.length ?? 0)
  return {
    fields,
    at: { line: firstLine, column: 1 },
    fieldAt(index) {
      const offset = fieldOffset(own, index, separator)
      const before = own.slice(0, offset)
      const newlines = before.match(/\n/gu)?.length ?? 0
      return { line: firstLine + newlines, column: offset - (before.lastIndexOf('\n') + 1) + 1 }
    },
  }
}

function fieldOffset(record: string, index: number, separator: string): number {
  let offset = 0
  let quoted = false
  for (let field = 0, position = 0; position < record.length; position += 1) {
    if (field === index) break
    const character = record[position]
    if (character === '"') quoted = !quoted
    else if (character === separator && !quoted) {
      field += 1
      offset = position + 1
    }
  }
  return offset + (/^[^\S\n]*/u.exec(record.slice(offset))?.[0].length ?? 0)
}
