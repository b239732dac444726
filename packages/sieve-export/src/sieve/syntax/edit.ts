import type { Script, Span } from './tree.ts'

/** Replaces the bytes of a span; an empty span inserts. */
export interface Splice extends Span {
  readonly text: string | Uint8Array
}

/**
 * Applies changes to a script's bytes; everything else stays as it is, comments and line ends included. Offsets are
 * those of the unchanged script. Insertions at one place keep their order.
 *
 * @throws {RangeError} when splices overlap or lie outside of the script.
 */
export function edit(script: Script | Uint8Array, splices: readonly Splice[]): Uint8Array {
  const source = script instanceof Uint8Array ? script : script.source
  const sorted = splices.toSorted((a, b) => a.start - b.start || a.end - b.end)
  const parts: Uint8Array[] = []
  let at = 0
  for (const { start, end, text } of sorted) {
    if (start < at || end < start || end > source.length)
      throw new RangeError(`a splice at bytes ${start} to ${end} overlaps another or leaves the script`)
    parts.push(source.subarray(at, start), typeof text === 'string' ? new TextEncoder().encode(text) : text)
    at = end
  }
  parts.push(source.subarray(at))
  return concatenated(parts)
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
