import { fetchMetadata } from '../commands/fetch-metadata.ts'
import { searchUids } from '../commands/search.ts'
import { ifMissing } from '../errors.ts'
import { sourcesOf, targetsOf } from '../state/pairs.ts'
import { joinRuns } from '../state/pairs.ts'
import { countOf, subtract, toRanges } from '../state/ranges.ts'
import type { Intent, PairRun, StateChange, UidRange } from '../state/state.ts'
import { flagsKey } from '../wire/flags.ts'
import { hashMessages } from './hash-messages.ts'
import type { Lane } from './lane.ts'
import type { Run } from './run.ts'

/**
 * Settles a batch of which nobody knows whether it was stored: looks at what the target folder has at or above the
 * UIDNEXT of before and matches it by content, twins by number. What is there is remembered as copied; what is not may be
 * sent again. Repeatable. Resolves with the pairs found.
 */
export async function recoverIntent(run: Run, lane: Lane, intent: Intent): Promise<readonly PairRun[]> {
  const doubtful = await unexplained(run, lane, intent)
  const pairs = doubtful === undefined ? [] : await matchByContent(run, lane, intent, doubtful)
  const changes: StateChange[] =
    pairs.length > 0 ? [{ kind: 'paired', source: intent.source, runs: pairs }] : []
  await run.state.commit([...changes, { kind: 'settled', id: intent.id }])
  const messages = pairs.reduce((sum, pair) => sum + pair.count, 0)
  if (messages > 0) run.emit({ kind: 'recovered', folder: intent.target, messages })
  return pairs
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
): Promise<readonly PairRun[]> {
  if (countOf(doubtful) === 0) return []
  const candidates = await sourceCandidates(run, lane, intent)
  if (candidates === undefined || countOf(candidates) === 0) return []
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
