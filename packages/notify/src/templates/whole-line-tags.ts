/**
 * A line that holds nothing but tags is no line of the text: otherwise `{% for %}` around the rows of a table would end
 * it. Its line end and its indentation move into the tag, so that every position stays where it is for messages. Where a
 * partial is included there is text, and such a line stays.
 */
export function hideWholeLineTags(source: string): string {
  return source.replaceAll(
    /^([ \t]*)((?:\{%-?(?:(?!%\}).)*?-?%\}[ \t]*)+)\n/gmu,
    (whole, indent: string, tags: string) => {
      if (/\{%-?\s*include\b/u.test(tags)) return whole
      const inside = tags.trimEnd()
      const trailing = tags.slice(inside.length)
      const dashed = inside.endsWith('-%}')
      const open = inside.startsWith('{%-') ? '{%-' : '{%'
      const close = dashed ? '-%}' : '%}'
      const middle = inside.slice(open.length, inside.length - close.length)
      return `${open}${indent}${middle}${trailing}\n${close}`
    },
  )
}

/** The column in the source, of a column in what `hideWholeLineTags` made of it. */
export function columnInSource(made: string, line: number, column: number): number {
  const [moved = ''] = /^-?%\}/u.exec(made.split('\n')[line - 1] ?? '') ?? []
  return column > moved.length ? column - moved.length : column
}
