import type { Phase } from '../report.ts'
import { sourcesOf, targetsOf } from '../state/pairs.ts'
import { keepPairs, removePairs } from '../state/pairs.ts'
import { countOf, intersect, rangesOf, subtract, toRanges } from '../state/ranges.ts'
import type { FolderMessages, PairRun, UidRange } from '../state/state.ts'

/** One source folder and its target, as they are now and as they are remembered. */
export interface FolderPicture {
  /** UIDs the source has. */
  readonly source: readonly UidRange[]
  /** UIDs the target has. */
  readonly target: readonly UidRange[]
  readonly known: FolderMessages
}

/** What has to happen to one folder, as sets of UIDs. */
export interface FolderDiff {
  /** Source messages without a copy. */
  readonly fresh: readonly UidRange[]
  /** Pairs that hold: both messages are there (`additive`: the source's is enough). */
  readonly kept: readonly PairRun[]
  /** Pairs whose copy vanished from the target while the source still has the message (mirror). Their sources are in `fresh`. */
  readonly lost: readonly PairRun[]
  /** Pairs whose source is gone while the copy is there (mirror). */
  readonly gone: readonly PairRun[]
  /** Target UIDs of pairs that are gone on both sides. */
  readonly forgotten: readonly UidRange[]
  /** Copies of ours on the target whose source is not known. */
  readonly orphans: readonly UidRange[]
  /** Source messages that were delivered long ago, no copy known. */
  readonly delivered: readonly UidRange[]
  /** Source messages that lie in a file and stay there. */
  readonly setAside: readonly UidRange[]
  /** Source UIDs with a delivered or set-aside record whose message is gone. */
  readonly obsolete: readonly UidRange[]
}

/** Pure: what there is, what is remembered, and the phase decide everything. */
export function diffFolder(
  { source, target, known }: FolderPicture,
  phase: Phase,
  { retrySetAside }: { readonly retrySetAside: boolean },
): FolderDiff {
  const { pairs } = known
  const sourceThere = keepPairs(pairs, 'source', source)
  const sourceGone = removePairs(pairs, 'source', source)
  const mirror = phase === 'mirror'
  // A pair is never copied again in `additive`, whatever became of the copy: it is the user's.
  const kept = mirror ? keepPairs(sourceThere, 'target', target) : sourceThere
  const lost = mirror ? removePairs(sourceThere, 'target', target) : []
  const gone = mirror ? keepPairs(sourceGone, 'target', target) : []
  const forgotten = mirror ? targetsOf(removePairs(sourceGone, 'target', target)) : []
  const asideUids = rangesOf(known.setAside.map(({ uid }) => uid))
  const delivered = intersect(source, known.delivered)
  const setAside = retrySetAside ? [] : intersect(source, asideUids)
  const settled = toRanges([...sourcesOf(kept), ...delivered, ...setAside])
  return {
    fresh: subtract(source, settled),
    kept,
    lost,
    gone,
    forgotten: toRanges(forgotten),
    orphans: mirror ? intersect(known.orphans, target) : [],
    delivered,
    setAside,
    obsolete: subtract(toRanges([...known.delivered, ...asideUids]), source),
  }
}

/** Messages of a target folder that no source folder accounts for. `all`: what is known of every source folder that goes there. */
export function unclaimed(target: readonly UidRange[], all: readonly FolderMessages[]): readonly UidRange[] {
  return subtract(target, toRanges(all.flatMap(({ pairs, orphans }) => [...targetsOf(pairs), ...orphans])))
}

/** Copies that may be deleted for a mailbox: fewer need no question. */
export function deletionLimit(copied: number): number {
  return Math.max(20, Math.floor(copied / 20))
}

/** Messages that we copied. */
export function copiedCount(pairs: readonly PairRun[]): number {
  return countOf(toRanges(targetsOf(pairs.filter(({ origin }) => origin === 'copied'))))
}
