import { fetchMetadata } from '../commands/fetch-metadata.ts'
import { canExpunge, expunge, MirrorTarget } from '../commands/mirror-target.ts'
import { searchUids } from '../commands/search.ts'
import { ifMissing } from '../errors.ts'
import { joinRuns, keepPairs, sourcesOf, targetsOf } from '../state/pairs.ts'
import { countOf, rangesOf, subtract, toRanges } from '../state/ranges.ts'
import type { Intent, PairRun, UidRange } from '../state/state.ts'
import { flagsKey } from '../wire/flags.ts'
import { wait } from './backoff.ts'
import { hashMessages } from './hash-messages.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'

export interface RecoverOptions {
  /**
   * The whole command had left us when the connection was lost: the server may still be at it, and store the messages
   * after we have looked. Then we look more than once, and what is not there yet stays on watch until `settleLate`.
   */
  readonly mayComeLate: boolean
  /** How long to look again (`performance.now()`). Default: `settleMs` from now. */
  readonly until?: number
}

/** Waits between two looks, within the time that `settleMs` allows. */
const lookAgainMs = 250

/**
 * Finds out whether a batch was stored: looks at what the target folder has at or above the UIDNEXT of before and matches
 * it by content, twins by number. What is there is remembered as copied; what is not may be sent again. Repeatable.
 * Resolves with the pairs of the batch that are remembered then, whichever look found them.
 */
export async function recoverIntent(
  run: Run,
  lane: Lane,
  intent: Intent,
  { mayComeLate, until = performance.now() + run.settleMs }: RecoverOptions,
): Promise<readonly PairRun[]> {
  let messages = 0
  for (;;) {
    const look = await lookFor(run, lane, intent)
    if (look.pairs.length > 0)
      await run.state.commit([{ kind: 'paired', source: intent.source, runs: look.pairs }])
    messages += look.pairs.reduce((sum, pair) => sum + pair.count, 0)
    if (!mayComeLate) {
      await run.state.commit([{ kind: 'settled', id: intent.id }])
      break
    }
    if (look.missing === 0) {
      await settleLate(run, lane, intent)
      break
    }
    const left = until - performance.now()
    if (left <= 0) break
    await wait(Math.min(left, lookAgainMs), run.signal)
  }
  if (messages > 0) run.emit({ kind: 'recovered', folder: run.nameOf(intent.target), messages })
  // A look may have been cut off after it had written down what it saw.
  return keepPairs((await run.state.messages(intent.source)).pairs, 'source', toRanges(intent.uids))
}

/** One look. `missing`: messages of the batch that are not there, 0 when nothing can be said about them any more. */
async function lookFor(
  run: Run,
  lane: Lane,
  intent: Intent,
): Promise<{ readonly pairs: readonly PairRun[]; readonly missing: number }> {
  const doubtful = await unexplained(run, lane, intent)
  const candidates = doubtful === undefined ? undefined : await sourceCandidates(run, lane, intent)
  if (doubtful === undefined || candidates === undefined) return { pairs: [], missing: 0 }
  const pairs = await matchByContent(run, lane, intent, doubtful, candidates)
  return { pairs, missing: countOf(candidates) - pairs.reduce((sum, pair) => sum + pair.count, 0) }
}

/** Target messages that may be of the batch, or undefined when nothing can be said about them any more. */
async function unexplained(run: Run, lane: Lane, intent: Intent): Promise<readonly UidRange[] | undefined> {
  const opened = await lane.target.folder(intent.target, 'SELECT', { fresh: true }).catch(ifMissing)
  if (opened === undefined || opened.folder.uidValidity !== intent.targetUidValidity) return undefined
  // `n:*` means the last message too when all are below n (RFC 3501 §6.4.8).
  const found = await searchUids(opened.session, `${intent.targetUidNext}:*`)
  const above = subtract(found, [{ first: 1, last: intent.targetUidNext - 1 }])
  return subtract(above, await explained(run, intent.target))
}

/** Target UIDs that some source folder is known to have put there. */
async function explained(run: Run, target: string): Promise<readonly UidRange[]> {
  const folders = (await run.state.folders()).filter((folder) => folder.target === target)
  const all = await Promise.all(folders.map((folder) => run.state.messages(folder.source)))
  return toRanges(all.flatMap(({ pairs, orphans }) => [...targetsOf(pairs), ...orphans]))
}

async function matchByContent(
  run: Run,
  lane: Lane,
  intent: Intent,
  doubtful: readonly UidRange[],
  candidates: readonly UidRange[],
): Promise<readonly PairRun[]> {
  if (countOf(doubtful) === 0 || countOf(candidates) === 0) return []
  const stored = await contentsOf(run, lane, 'target', intent, doubtful)
  const wanted = await contentsOf(run, lane, 'source', intent, candidates)
  const pairs: PairRun[] = []
  // Twins of different dates are told apart first; what is left belongs together by content alone.
  for (const key of [datedKey, ({ hash }: Content) => hash]) {
    const sources = Map.groupBy(wanted, key)
    for (const target of stored.splice(0)) {
      const source = sources.get(key(target))?.shift()
      if (source === undefined) {
        stored.push(target)
        continue
      }
      wanted.splice(wanted.indexOf(source), 1)
      pairs.push({ source: source.uid, target: target.uid, count: 1, flags: target.flags, origin: 'copied' })
    }
  }
  return joinRuns(pairs)
}

interface Content {
  readonly uid: number
  readonly hash: string
  readonly date: number | undefined
  readonly flags: string
}

function datedKey({ hash, date }: Content): string {
  return `${hash} ${date ?? ''}`
}

/** Source messages of the batch that have no copy yet. */
async function sourceCandidates(
  run: Run,
  lane: Lane,
  intent: Intent,
): Promise<readonly UidRange[] | undefined> {
  const folder = (await run.state.folders()).find(({ source }) => source === intent.source)
  const opened = await lane.source.folder(intent.source, 'EXAMINE', { fresh: true }).catch(ifMissing)
  if (opened === undefined || opened.folder.uidValidity !== folder?.sourceUidValidity) return undefined
  const { pairs } = await run.state.messages(intent.source)
  const unpaired = subtract(toRanges(intent.uids), toRanges(sourcesOf(pairs)))
  return unpaired
}

/** What messages of one side are, by UID ascending. */
async function contentsOf(
  run: Run,
  lane: Lane,
  side: 'source' | 'target',
  intent: Intent,
  uids: readonly UidRange[],
): Promise<Content[]> {
  const wire = side === 'source' ? intent.source : intent.target
  const { session } = await lane[side].folder(wire, side === 'source' ? 'EXAMINE' : 'SELECT')
  const metadata = new Map((await fetchMetadata(session, uids)).map((message) => [message.uid, message]))
  const contents: Content[] = []
  await hashMessages(session, uids, run, ({ uid, hash }) => {
    const message = metadata.get(uid)
    contents.push({ uid, hash, date: message?.date?.seconds, flags: flagsKey(message?.flags ?? []) })
  })
  return contents.toSorted((a, b) => a.uid - b.uid)
}

/**
 * At the end of a run: a batch that was given up for lost and sent again may have been stored after all. What lies on the
 * target twice because of that is taken away again (mirror), or reported; then the batch is history.
 */
export async function settleLate(run: Run, lane: Lane, intent: Intent): Promise<void> {
  const doubtful = await unexplained(run, lane, intent)
  if (doubtful !== undefined && countOf(doubtful) > 0) {
    const surplus = await surplusOf(run, lane, intent, doubtful)
    if (countOf(surplus) > 0) await removeSurplus(run, lane, intent, surplus)
  }
  await run.state.commit([{ kind: 'settled', id: intent.id }])
}

/** Messages that nobody accounts for and whose content is one of the batch's: it was stored twice. */
async function surplusOf(
  run: Run,
  lane: Lane,
  intent: Intent,
  doubtful: readonly UidRange[],
): Promise<readonly UidRange[]> {
  const opened = await lane.source.folder(intent.source, 'EXAMINE').catch(ifMissing)
  const folder = (await run.state.folders()).find(({ source }) => source === intent.source)
  if (opened === undefined || opened.folder.uidValidity !== folder?.sourceUidValidity) return []
  const sent = await contentsOf(run, lane, 'source', intent, toRanges(intent.uids))
  const keys = new Set(sent.map((message) => datedKey(message)))
  const stored = await contentsOf(run, lane, 'target', intent, doubtful)
  return rangesOf(stored.filter((message) => keys.has(datedKey(message))).map(({ uid }) => uid))
}

async function removeSurplus(
  run: Run,
  lane: Lane,
  intent: Intent,
  surplus: readonly UidRange[],
): Promise<void> {
  const folder = run.nameOf(intent.target)
  const count = countOf(surplus)
  const { session } = await lane.target.folder(intent.target, 'SELECT')
  if (run.phase === 'mirror' && canExpunge(session)) {
    await expunge(MirrorTarget.open(session, run.phase), surplus)
    run.logger.info({ folder, count }, 'removed copies that were stored late')
    return
  }
  run.find({
    code: 'storedTwice',
    severity: 'yellow',
    folder,
    count,
    message: `${count} messages lie twice in ${folder}: the new server stored them after the connection was lost and they had been sent again.`,
    remedy: 'Nothing is lost; the owner may delete the second copies.',
  })
}
