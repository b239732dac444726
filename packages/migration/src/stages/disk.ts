const UNITS: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4, P: 5 }

/** `df -h`'s `29G`, `1.5T`, `512M` in bytes; `undefined` for anything else. */
export function dfBytes(text: string): number | undefined {
  const parts = /^(\d+(?:[.,]\d+)?)([KMGTP]?)$/.exec(text.trim())
  const [, number, unit] = parts ?? []
  if (number === undefined || unit === undefined) return undefined
  const power = UNITS[unit] ?? 0
  return Number(number.replace(',', '.')) * 1024 ** power
}

/** Free bytes of a disk as mailcow tells it (rounded to what `df -h` shows). */
export function freeBytes(disk: { readonly used: string; readonly total: string }): number | undefined {
  const used = dfBytes(disk.used)
  const total = dfBytes(disk.total)
  return used === undefined || total === undefined ? undefined : Math.max(0, total - used)
}
