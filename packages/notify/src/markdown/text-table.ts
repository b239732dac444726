import { pad, widthOf, wrap } from './wrap.ts'

export interface TextTable {
  /** Titles of the columns; all empty: no head. */
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly right: readonly boolean[]
}

const gap = 2

/** Aligned columns where these fit, otherwise one paragraph a row with the column's title before each value. */
export function tableToText(table: TextTable, columns: number): string[] {
  const all = [table.head, ...table.rows]
  const widths = table.head.map((_, index) => Math.max(0, ...all.map((row) => widthOf(row[index] ?? ''))))
  const total = widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1)
  if (total <= columns) return aligned(table, widths)
  return stacked(table, columns)
}

function aligned({ head, rows, right }: TextTable, widths: readonly number[]): string[] {
  const line = (row: readonly string[]): string =>
    widths
      .map((width, index) => pad(row[index] ?? '', width, right[index] === true ? 'left' : 'right'))
      .join(' '.repeat(gap))
      .trimEnd()
  const titled = head.some((title) => title !== '')
  const top = titled ? [line(head), widths.map((width) => '-'.repeat(width)).join(' '.repeat(gap))] : []
  return [...top, ...rows.map(line)]
}

function stacked({ head, rows }: TextTable, columns: number): string[] {
  const titles = head.slice(1)
  const widest = Math.max(0, ...titles.map((title) => widthOf(title)))
  return rows.flatMap(([first = '', ...rest], index) => {
    const cells = rest.flatMap((cell, at) => {
      if (cell === '') return []
      const title = titles[at] ?? ''
      const label = widest === 0 ? '  ' : `  ${pad(title === '' ? '' : `${title}:`, widest + 1)} `
      const indent = ' '.repeat(widthOf(label))
      return wrap(cell, columns - indent.length).map((line, n) => (n === 0 ? label : indent) + line)
    })
    return [...(index === 0 ? [] : ['']), ...wrap(first, columns), ...cells]
  })
}
