import { closest, distance } from 'fastest-levenshtein'

/** The name that was probably meant, or nothing when none is near. */
export function suggestName(name: string, known: readonly string[]): string | undefined {
  // A long name only costs time: nothing is near to it.
  if (known.length === 0 || name.length > 60) return undefined
  const folded = name.toLowerCase()
  const same = known.find((candidate) => candidate.toLowerCase() === folded)
  if (same !== undefined) return same
  const longer = known.filter((candidate) => folded.length > 2 && candidate.toLowerCase().startsWith(folded))
  if (longer.length === 1) return longer[0]
  const nearest = closest(name, known)
  return distance(name, nearest) <= Math.max(1, Math.floor(nearest.length / 3)) ? nearest : undefined
}
