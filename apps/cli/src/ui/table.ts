import Table from 'cli-table3'
import { type Paint, plain, type Style } from './paint.ts'
import { displayWidth, visible, wrap } from './text.ts'

export interface Column {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** May be wrapped over several lines when the terminal is narrow. Others are never broken. */
  readonly wraps?: boolean
  /** Left out, the last one first, when the terminal is too narrow for all. */
  readonly optional?: boolean
}

export type Cell = string | { readonly text: string; readonly style: Style }

export interface TableOptions {
  readonly width: number
  readonly paint?: Paint
  /** Put before every line. */
  readonly indent?: string
}

const gap = 2
const narrowest = 16

const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' }
const noFrame = {
  ...none,
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(gap),
}

/**
 * Aligned columns without a frame: easy to read, to copy and to grep. Columns without a single value are left
 * out. Too wide for the terminal: the columns that may wrap do, then optional ones go; still too wide: one
 * record a row, `title  value` a line. Cells are made visible here.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, paint = plain, indent = '' }: TableOptions,
): string {
  const filled = columns
    .map((column, index) => ({ ...column, cells: rows.map((row) => cell(row[index] ?? '')) }))
    .filter(({ cells }) => cells.some(({ text }) => text !== ''))
  const room = width - displayWidth(indent)
  const lines = grid(filled, room, paint) ?? records(filled, room, paint)
  return lines.map((line) => (line === '' ? '' : indent + line)).join('\n')
}

interface PlainCell {
  readonly text: string
  readonly style?: Style
}

interface FilledColumn extends Column {
  readonly cells: readonly PlainCell[]
}

function cell(value: Cell): PlainCell {
  return typeof value === 'string'
    ? { text: visible(value) }
    : { text: visible(value.text), style: value.style }
}

/** The width of each column, or undefined when the table cannot be made to fit. */
function columnWidths(columns: readonly FilledColumn[], room: number): number[] | undefined {
  const widths = columns.map(({ title, cells }) =>
    Math.max(displayWidth(title), ...cells.map(({ text }) => displayWidth(text))),
  )
  let excess = sum(widths) + gap * (columns.length - 1) - room
  while (excess > 0) {
    // The widest column that may wrap gives way, down to the next widest or to the least that can be read.
    const candidates = widths.flatMap((size, index) =>
      columns[index]?.wraps === true && size > narrowest ? [{ size, index }] : [],
    )
    const widest = candidates.toSorted((a, b) => b.size - a.size)[0]
    if (widest === undefined) return undefined
    const next = Math.max(
      narrowest,
      ...candidates.map(({ size }) => size).filter((size) => size < widest.size),
    )
    const give = Math.min(excess, widest.size - next)
    widths[widest.index] = widest.size - give
    excess -= give
  }
  return widths
}

function grid(columns: readonly FilledColumn[], room: number, paint: Paint): string[] | undefined {
  const widths = columnWidths(columns, room)
  if (widths === undefined) {
    const dispensable = columns.findLastIndex(({ optional }) => optional === true)
    return dispensable === -1 ? undefined : grid(columns.toSpliced(dispensable, 1), room, paint)
  }
  const table = new Table({
    chars: noFrame,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: widths,
    colAligns: columns.map(({ align }) => align ?? 'left'),
  })
  table.push(columns.map(({ title }) => paint('bold', title)))
  for (const row of rowsOf(columns))
    table.push(row.map(({ text, style }, index) => painted(wrap(text, widths[index] ?? 0), style, paint)))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
}

function records(columns: readonly FilledColumn[], room: number, paint: Paint): string[] {
  const titles = Math.max(...columns.map(({ title }) => displayWidth(title)))
  const valueWidth = Math.max(room - titles - gap, narrowest)
  return rowsOf(columns).flatMap((row, rowIndex) => [
    ...(rowIndex > 0 ? [''] : []),
    ...row.flatMap(({ text, style }, index) =>
      (text === '' ? [] : wrap(text, valueWidth)).map((line, lineIndex) => {
        const title = lineIndex === 0 ? (columns[index]?.title ?? '') : ''
        return paint('bold', title.padEnd(titles + gap)) + (style === undefined ? line : paint(style, line))
      }),
    ),
  ])
}

function rowsOf(columns: readonly FilledColumn[]): PlainCell[][] {
  return (columns[0]?.cells ?? []).map((_, row) => columns.map(({ cells }) => cells[row] ?? { text: '' }))
}

function painted(lines: readonly string[], style: Style | undefined, paint: Paint): string {
  return lines.map((line) => (style === undefined ? line : paint(style, line))).join('\n')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
