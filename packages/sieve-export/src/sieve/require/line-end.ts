/** As the script ends its lines. */
export function lineEnd(source: Uint8Array): string {
  const at = source.indexOf(0x0a)
  return at > 0 && source[at - 1] === 0x0d ? '\r\n' : '\n'
}
