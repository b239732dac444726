import stringWidth from 'fast-string-truncated-width'
import { hasRightToLeft } from './clean.ts'

/** Columns that a text takes where every character has its place: wide ones take two. */
export function widthOf(text: string): number {
  return stringWidth(text).width
}

/** Pads to a number of columns. */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'right'): string {
  const blanks = ' '.repeat(Math.max(0, columns - widthOf(text)))
  return side === 'left' ? blanks + text : text + blanks
}

/** Fills lines; a word that is longer than a line stands alone. `\n` in the text is a line break that stays. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, columns))
}

function wrapLine(line: string, columns: number): string[] {
  const lines: string[] = []
  let current = ''
  let width = 0
  for (const word of line.split(/[ \t]+/u)) {
    if (word === '') continue
    const wide = widthOf(word)
    if (current !== '' && width + 1 + wide > columns) {
      lines.push(current)
      current = ''
      width = 0
    }
    current = current === '' ? word : `${current} ${word}`
    width += wide + (width === 0 ? 0 : 1)
  }
  if (current !== '' || lines.length === 0) lines.push(current)
  return lines
}

/** Text from right to left stays by itself: FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE (Unicode TR #9). */
export function isolate(text: string): string {
  return hasRightToLeft(text) ? `\u2068${text}\u2069` : text
}
