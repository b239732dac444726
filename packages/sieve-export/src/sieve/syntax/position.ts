/** A place in a script. Lines end with LF, as servers count them; line and column begin at 1. */
export interface Position {
  readonly line: number
  /** In characters (code points), not in bytes. */
  readonly column: number
  /** In bytes from the start. */
  readonly offset: number
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const lineStarts = new WeakMap<Uint8Array, readonly number[]>()
/** Where counting ended last, so that many places in one long line cost no more than reading it once. */
const lastPlaces = new WeakMap<Uint8Array, Position>()
const lineFeed = 0x0a

/** Line and column of a byte offset. The first call for a script reads it once; further calls are fast. */
export function positionAt(source: Uint8Array, offset: number): Position {
  const starts = startsOf(source)
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  const last = lastPlaces.get(source)
  const known = last !== undefined && last.line === low + 1 && last.offset <= offset ? last : undefined
  const from = known?.offset ?? starts[low] ?? 0
  const column = (known?.column ?? 1) + codePoints(decoder.decode(source.subarray(from, offset)))
  const place = { line: low + 1, column, offset }
  lastPlaces.set(source, place)
  return place
}

function startsOf(source: Uint8Array): readonly number[] {
  const known = lineStarts.get(source)
  if (known !== undefined) return known
  const starts = [0]
  for (let at = source.indexOf(lineFeed); at !== -1; at = source.indexOf(lineFeed, at + 1))
    starts.push(at + 1)
  lineStarts.set(source, starts)
  return starts
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}
