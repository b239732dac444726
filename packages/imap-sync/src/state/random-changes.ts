import type { StateChange, UidRange } from './state.ts'

// Sequences of changes for comparing implementations. The same seed gives the same sequence.

const commits = 30
const maxUid = 40

/** Commits of changes to folders of these names; the first makes all of them. */
export function randomChanges(seed: number, sources: readonly string[]): readonly (readonly StateChange[])[] {
  const random = generator(seed)
  const pick = (below: number): number => Math.floor(random() * below)
  const source = (): string => sources[pick(sources.length)] ?? ''
  const ranges = (): readonly UidRange[] =>
    Array.from({ length: 1 + pick(3) }, () => {
      const first = 1 + pick(maxUid)
      return { first, last: first + pick(5) }
    })
  const change = (): StateChange => {
    const name = source()
    switch (pick(8)) {
      case 0:
        return { kind: 'unpaired', source: name, targets: ranges() }
      case 1:
        return { kind: 'delivered', source: name, uids: ranges() }
      case 2:
        return { kind: 'dropped', source: name, uids: ranges() }
      case 3:
        return {
          kind: 'setAside',
          source: name,
          messages: [{ uid: 1 + pick(maxUid), reason: 'r', file: 'f', bytes: pick(9) }],
        }
      case 4:
        return pick(4) === 0
          ? { kind: 'sourceReset', source: name, sourceUidValidity: 1 + pick(9) }
          : { kind: 'checkpoint', source: name }
      case 5:
        return pick(4) === 0
          ? {
              kind: 'targetReset',
              source: name,
              targetUidValidity: 1 + pick(9),
              keep: pick(2) === 0 ? 'delivered' : 'nothing',
            }
          : { kind: 'settled', id: String(pick(5)) }
      default: {
        const runs = {
          source: 1 + pick(maxUid),
          target: 1 + pick(maxUid),
          count: 1 + pick(6),
          flags: pick(2) === 0 ? '' : '\\seen',
          origin: pick(3) === 0 ? ('found' as const) : ('copied' as const),
        }
        return { kind: 'paired', source: name, runs: [runs] }
      }
    }
  }
  const begin = sources.map((name): StateChange => ({
    kind: 'folder',
    folder: { source: name, target: name, sourceUidValidity: 1, targetUidValidity: 1, created: false },
  }))
  return [
    begin,
    ...Array.from({ length: commits }, () => Array.from({ length: 1 + pick(4) }, () => change())),
  ]
}

/** Mulberry32: small, and good enough to choose by. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
