import type { Finding, Severity } from '../finding.ts'

const RANK: Readonly<Record<Severity, number>> = { red: 0, yellow: 1, info: 2 }

/**
 * One finding for each code and item, most severe first: the same thing is often noticed at two places. Of two that
 * differ in text, both texts stay.
 */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>()
  for (const finding of findings) {
    const key = JSON.stringify([finding.code, finding.item])
    const known = merged.get(key)
    merged.set(key, known === undefined ? finding : together(known, finding))
  }
  return [...merged.values()].toSorted((one, other) => RANK[one.severity] - RANK[other.severity])
}

function together(one: Finding, other: Finding): Finding {
  const [worse, lesser] = RANK[other.severity] < RANK[one.severity] ? [other, one] : [one, other]
  return worse.message.includes(lesser.message)
    ? worse
    : { ...worse, message: `${worse.message} ${lesser.message}` }
}
