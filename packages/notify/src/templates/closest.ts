import { distance } from 'fastest-levenshtein'

/** `did you mean NAME?`, where one of the names is near enough to be meant. */
export function closest(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of names) {
    const apart = distance(name.toLowerCase(), candidate.toLowerCase())
    if (apart < least) {
      least = apart
      best = candidate
    }
  }
  return best === undefined ? undefined : `did you mean ${best}?`
}
