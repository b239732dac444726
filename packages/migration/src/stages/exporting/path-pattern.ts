/** Fills in Dovecot's variables; `undefined` for an address that would lead to somebody else's folder. Pure. */
export function expandPattern(pattern: string, address: string): string | undefined {
  const at = address.lastIndexOf('@')
  const values: Readonly<Record<string, string>> = {
    '%u': address,
    '%n': address.slice(0, at),
    '%d': address.slice(at + 1),
    '%%': '%',
  }
  const isSafe = Object.values(values).every(
    (value) => !/[/\\\0]/.test(value) && value !== '.' && value !== '..',
  )
  if (at <= 0 || !isSafe) return undefined
  return pattern.replaceAll(/%[und%]/g, (variable) => values[variable] ?? '')
}
