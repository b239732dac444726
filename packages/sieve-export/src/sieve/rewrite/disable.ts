import { carriageReturn, lineFeed, space, tab } from '../syntax/bytes.ts'
import type { Command, Script, Span } from '../syntax/tree.ts'
import type { Change, Draft } from './draft.ts'
import { lineEnd } from '../require/line-end.ts'

/** An if with its elsif and else, or any other command at the top of a script. */
export function statementsOf(script: Script): readonly Span[] {
  const statements: { start: number; end: number }[] = []
  for (const command of script.commands) {
    const last = statements.at(-1)
    if (last !== undefined && isContinuation(command)) last.end = command.end
    else statements.push({ start: command.start, end: command.end })
  }
  return statements
}

function isContinuation({ name }: Command): boolean {
  return name === 'elsif' || name === 'else'
}

/** Puts `# ` before each line of a statement; what shares its first or last line moves to lines of its own. */
export function commentOut({ script }: Draft, { start, end }: Span, why: string): Change {
  const { source } = script
  const newline = lineEnd(source)
  const lines = linesOf(source.subarray(start, end))
  const marked = lines.flatMap((line) => [encode('# '), line])
  const parts = [
    ...(beginsLine(source, start) ? [] : [encode(newline)]),
    ...marked,
    // A text block ends with its line's end.
    ...(source[end - 1] === lineFeed || endsLine(source, end) ? [] : [encode(newline)]),
  ]
  return { kind: 'disabled', start, end, text: Buffer.concat(parts), why }
}

/** Nothing but blanks stands before it in its line. */
function beginsLine(source: Uint8Array, start: number): boolean {
  let at = start - 1
  while (source[at] === space || source[at] === tab) at -= 1
  return at < 0 || source[at] === lineFeed
}

function endsLine(source: Uint8Array, end: number): boolean {
  let at = end
  while (source[at] === space || source[at] === tab || source[at] === carriageReturn) at += 1
  return at >= source.length || source[at] === lineFeed
}

/** With their line ends. */
function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const found = bytes.indexOf(lineFeed, at)
    const end = found === -1 ? bytes.length : found + 1
    lines.push(bytes.subarray(at, end))
    at = end
  }
  return lines
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
