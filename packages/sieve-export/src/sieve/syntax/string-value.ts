import { backslash, carriageReturn, dot, lineFeed } from './bytes.ts'
import { decodeText, invalidUtf8At } from './decode-text.ts'
import type { StringArgument } from './tree.ts'

/** What a quoted string means; `start` and `end` include the quotes. */
export function quotedString(source: Uint8Array, start: number, end: number): StringArgument {
  const plain = isPlain(source, start + 1, end - 1)
  const bytes = plain ? source.subarray(start + 1, end - 1) : unescaped(source, start + 1, end - 1)
  return withText({ kind: 'string', form: 'quoted', start, end }, bytes, source)
}

/** What a multi-line string means; from `text:` up to and including the dot's line end. */
export function textString(source: Uint8Array, start: number, end: number): StringArgument {
  const value = new Uint8Array(2 * (end - start))
  let length = 0
  let at = source.indexOf(lineFeed, start) + 1
  while (at < end) {
    const lineEnd = source.indexOf(lineFeed, at)
    const content = source[lineEnd - 1] === carriageReturn && lineEnd > at ? lineEnd - 1 : lineEnd
    if (lineEnd + 1 >= end) break
    // RFC 5228 §2.4.2: a dot at the beginning of a line is doubled; a lone one is tolerated.
    if (source[at] === dot && source[at + 1] === dot) at += 1
    value.set(source.subarray(at, content), length)
    length += content - at
    value[length++] = carriageReturn
    value[length++] = lineFeed
    at = lineEnd + 1
  }
  return withText({ kind: 'string', form: 'text', start, end }, value.subarray(0, length), source)
}

function isPlain(source: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = source[at]
    if (byte === backslash || byte === lineFeed) return false
  }
  return true
}

function unescaped(source: Uint8Array, start: number, end: number): Uint8Array {
  const value = new Uint8Array(2 * (end - start))
  let length = 0
  for (let at = start; at < end; at += 1) {
    // RFC 5228 §2.4.2: a backslash before any other character is ignored.
    if (source[at] === backslash) at += 1
    if (source[at] === lineFeed && source[at - 1] !== carriageReturn) value[length++] = carriageReturn
    value[length++] = source[at] ?? 0
  }
  return value.subarray(0, length)
}

type WithoutValue = Omit<StringArgument, 'value' | 'invalidAt'>

function withText(node: WithoutValue, bytes: Uint8Array, source: Uint8Array): StringArgument {
  const value = decodeText(bytes)
  if (!value.includes('\uFFFD')) return { ...node, value }
  const invalid = invalidUtf8At(source.subarray(node.start, node.end))
  return invalid === -1 ? { ...node, value } : { ...node, value, invalidAt: node.start + invalid }
}
