const known = new WeakMap<Uint8Array, string>()

/** As the script ends its lines. */
export function lineEnd(source: Uint8Array): string {
  const before = known.get(source)
  if (before !== undefined) return before
  const at = source.indexOf(0x0a)
  const end = at > 0 && source[at - 1] === 0x0d ? '\r\n' : '\n'
  known.set(source, end)
  return end
}
