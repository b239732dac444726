import type { PairRun } from './state.ts'

/** Finds the pair of a source or target UID among many runs, in logarithmic time. */
export class PairIndex {
  readonly #side: 'source' | 'target'
  readonly #runs: readonly PairRun[]

  constructor(runs: readonly PairRun[], side: 'source' | 'target') {
    this.#side = side
    this.#runs = runs.toSorted((a, b) => a[side] - b[side])
  }

  find(uid: number): PairRun | undefined {
    let low = 0
    let high = this.#runs.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      const run = this.#runs[middle]
      if (run === undefined) return undefined
      const first = run[this.#side]
      if (uid < first) high = middle - 1
      else if (uid >= first + run.count) low = middle + 1
      else {
        const offset = uid - first
        return { ...run, source: run.source + offset, target: run.target + offset, count: 1 }
      }
    }
    return undefined
  }
}
