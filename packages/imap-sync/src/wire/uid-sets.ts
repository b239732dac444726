import { formatUidSet } from '../state/ranges.ts'
import type { UidRange } from '../state/state.ts'

/** Servers take command lines of at least 8192 bytes (RFC 7162 §4); a set takes most of one. */
const maxRangesPerSet = 300

/** Sequence sets that are short enough for a command, each with its ranges. */
export function uidSets(
  ranges: readonly UidRange[],
): { readonly set: string; readonly ranges: readonly UidRange[] }[] {
  const sets = []
  for (let at = 0; at < ranges.length; at += maxRangesPerSet) {
    const part = ranges.slice(at, at + maxRangesPerSet)
    sets.push({ set: formatUidSet(part), ranges: part })
  }
  return sets
}
