import type { Parsed } from './parsed.ts'

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `20GiB`, `1.5 TiB`, or a plain number of bytes. Decimal units are refused: nobody knows who means which. */
export function parseSize(text: string): Parsed<number> {
  const match = /^(\d{1,15}(?:\.\d{1,3})?)\s*([A-Za-z]*)$/u.exec(text.trim())
  const [, amount = '', written = ''] = match ?? []
  if (match === null) return { problem: 'this is no size', suggestion: 'write it as 20GiB' }
  const exponent =
    written === '' ? 0 : units.findIndex((unit) => unit.toLowerCase() === written.toLowerCase())
  if (exponent >= 0) {
    const bytes = Math.round(Number(amount) * 1024 ** exponent)
    return Number.isSafeInteger(bytes) ? { value: bytes } : { problem: 'this size is too large' }
  }
  const letter = written.charAt(0).toUpperCase()
  const meant = units.find((unit) => unit !== 'B' && unit.startsWith(letter))
  return {
    problem: `${written} is no unit`,
    suggestion: meant === undefined ? 'write it as 20GiB' : `write ${amount}${meant}`,
  }
}
