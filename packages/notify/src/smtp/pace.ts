/**
 * Spreads messages over time, whichever connection they take: each call reserves the next place and returns the
 * milliseconds until it. `perSecond` 0: no limit.
 */
export function makePace(perSecond: number, now: () => number = () => performance.now()): () => number {
  const gap = perSecond > 0 ? 1000 / perSecond : 0
  let next = 0
  return () => {
    const at = Math.max(next, now())
    next = at + gap
    return at - now()
  }
}
