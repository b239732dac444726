/**
 * The names of the fields in which an object differs from what was wanted. Absent wishes are not compared; lists are
 * compared without regard to order, dates by their time.
 */
export function differences(wanted: object, found: object | undefined): string[] {
  if (found === undefined) return ['existence']
  const actual = new Map(Object.entries(found))
  return Object.entries(wanted)
    .filter(([, value]) => value !== undefined)
    .filter(([key, value]) => !isSame(value, actual.get(key)))
    .map(([key]) => key)
}

/** Equality of plain values; lists as sets. */
function isSame(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime()
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item) => right.some((other) => isSame(item, other)))
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) || Array.isArray(right)) return false
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  const leftFields = new Map(Object.entries(left))
  const rightFields = new Map(Object.entries(right))
  return [...keys].every((key) => isSame(leftFields.get(key), rightFields.get(key)))
}
