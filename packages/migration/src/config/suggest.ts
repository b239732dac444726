import { closest, distance } from 'fastest-levenshtein'

/** `did you mean X?`, or what there is to choose from when nothing is near. */
export function suggestOf(written: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const all = `known are ${known.join(', ')}`
  if (written.length > 60) return all
  const folded = written.toLowerCase()
  const same = known.find((name) => name.toLowerCase() === folded)
  const nearest = same ?? closest(written, known)
  const isNear =
    same !== undefined || distance(written, nearest) <= Math.max(1, Math.floor(nearest.length / 3))
  return isNear ? `did you mean ${nearest}?` : all
}
