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
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const newline = lineEnd(source)
  const before = lineBefore(source, start)
  const after = lineAfter(source, end)
  const lines = linesOf(source.subarray(start, end))
  const marked = lines.flatMap((line) => [encode('# '), line])
  const parts = [
    ...(/^[ \t]*$/.test(decoder.decode(before)) ? [] : [encode(newline)]),
    ...marked,
    // A text block ends with its line's end.
    ...(source[end - 1] === 0x0a || isBlank(after) ? [] : [encode(newline)]),
  ]
  return { kind: 'disabled', start, end, text: Buffer.concat(parts), why }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}

function lineBefore(source: Uint8Array, start: number): Uint8Array {
  return source.subarray(start === 0 ? 0 : source.lastIndexOf(0x0a, start - 1) + 1, start)
}

function lineAfter(source: Uint8Array, end: number): Uint8Array {
  const next = source.indexOf(0x0a, end)
  return source.subarray(end, next === -1 ? source.length : next)
}

/** With their line ends. */
function linesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const found = bytes.indexOf(0x0a, at)
    const end = found === -1 ? bytes.length : found + 1
    lines.push(bytes.subarray(at, end))
    at = end
  }
  return lines
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
