import { randomUUID } from 'node:crypto'
import type { MessageMetadata } from '../commands/fetch-metadata.ts'
import { ImapSyncError, isImapSyncError } from '../errors.ts'
import { joinRuns } from '../state/pairs.ts'
import { rangesOf } from '../state/ranges.ts'
import type { Intent, PairRun, StateChange } from '../state/state.ts'
import { chooseFlags, flagsKey } from '../wire/flags.ts'
import { formatInternalDate } from '../wire/dates.ts'
import type { CommandResult } from '../wire/session.ts'
import type { Batch, FolderWork } from './folder-work.ts'
import { laneBytes } from './hash-messages.ts'
import type { Lane } from './lane.ts'
import { recoverIntent } from './recover.ts'
import type { Run } from './run.ts'
import {
  flagsFor,
  pairsOf,
  sendBatch,
  type FoundMessage,
  type SentBatch,
  type SentMessage,
} from './send-batch.ts'
import { setAside } from './set-aside-message.ts'

interface Piece {
  readonly batch: Batch
  readonly careful: boolean
  readonly unmatched: boolean
  /** Without keywords: the server took offence at them. */
  readonly bare: boolean
}

/**
 * Copies a batch, whatever happens: a refused batch is halved until the culprit is found and set aside, a lost
 * connection is opened again and what was stored before is found. Afterwards every message has its fate, unless the
 * target is full. Rejects when the folder cannot be worked on any more.
 */
export async function copyBatch(run: Run, lane: Lane, work: FolderWork, batch: Batch): Promise<void> {
  const { capabilities } = await lane.attempt(() => lane.target.session())
  const pieces: Piece[] = capabilities.has('MULTIAPPEND') ? inPieces(batch) : oneByOne(batch)
  for (let piece = pieces.shift(); piece !== undefined && !run.full; piece = pieces.shift()) {
    run.signal?.throwIfAborted()
    pieces.unshift(...(await copyPiece(run, lane, work, piece)))
  }
}

const usual: Omit<Piece, 'batch'> = { careful: false, unmatched: false, bare: false }

/** Whatever is out of the ordinary goes alone and carefully: see `AppendOptions`. */
function inPieces(batch: Batch): Piece[] {
  const ordinary = batch.filter((message) => isOrdinary(message))
  const odd = batch.filter((message) => !isOrdinary(message))
  const whole = { ...usual, batch: ordinary }
  return [
    ...(ordinary.length > 0 ? [whole] : []),
    ...odd.map((message) => ({ ...usual, batch: [message], careful: true })),
  ]
}

/** RFC 3501 §6.3.11: without MULTIAPPEND one message a command. */
function oneByOne(batch: Batch): Piece[] {
  return batch.map((message) => ({ ...usual, batch: [message], careful: !isOrdinary(message) }))
}

function isOrdinary({ flags, date }: MessageMetadata): boolean {
  if (date === undefined || formatInternalDate(date).replaced) return false
  return chooseFlags(flags, undefined).flags.every(
    (flag) => flag.startsWith('\\') || /^[\w$.-]{1,50}$/.test(flag),
  )
}

/** One try. Resolves with what has to be tried in another way. */
async function copyPiece(run: Run, lane: Lane, work: FolderWork, piece: Piece): Promise<readonly Piece[]> {
  let intent: Intent | undefined
  const remember = async (): Promise<Intent> => {
    intent = {
      id: randomUUID(),
      source: work.entry.sourceWire,
      target: work.target.wire,
      targetUidValidity: work.target.uidValidity,
      targetUidNext: work.target.uidNext,
      uids: rangesOf(piece.batch.map(({ uid }) => uid)),
    }
    await run.state.commit([{ kind: 'intent', intent }])
    return intent
  }
  try {
    const { sent, known } = await work.target.write(async () => {
      const release = await run.shared.acquire(laneBytes, run.signal)
      try {
        const { session: source } = await openSource(lane, work)
        const target = await lane.target.session()
        const written = await remember()
        const batch = await sendBatch(run, { source, target }, work, piece.batch, piece)
        if (batch.uids !== undefined) await settle(run, work, written, batch, batch.uids)
        return { sent: batch, known: written }
      } finally {
        release()
      }
    })
    lane.progressed()
    if (sent.uids === undefined && sent.answer?.status === 'OK')
      await settleByLooking(run, lane, work, known, sent)
    if (sent.answer?.status === 'NO' || sent.answer === undefined) await settle(run, work, known, sent, [])
    return await afterwards(run, lane, work, piece, sent)
  } catch (error) {
    return afterFailure(run, lane, work, piece, intent, error)
  }
}

async function openSource(lane: Lane, work: FolderWork): ReturnType<Lane['source']['folder']> {
  const opened = await lane.source.folder(work.entry.sourceWire, 'EXAMINE')
  if (opened.folder.uidValidity !== work.sourceUidValidity)
    throw new ImapSyncError('folderMissing', 'source: the folder was replaced by another one of its name', {
      side: 'source',
    })
  return opened
}

/** Remembers what the batch became. `uids` are the target UIDs of what was sent; empty when nothing was stored. */
async function settle(
  run: Run,
  work: FolderWork,
  intent: Intent,
  batch: SentBatch,
  uids: readonly number[],
): Promise<void> {
  const { sourceWire: source } = work.entry
  const stored = uids.length === batch.sent.length ? batch.sent : []
  const copied = pairsOf(stored, uids)
  const found = batch.found.map((item) => foundPair(item))
  const runs = joinRuns([...copied, ...found])
  const paired: readonly StateChange[] = runs.length === 0 ? [] : [{ kind: 'paired', source, runs }]
  await run.state.commit([...paired, { kind: 'settled', id: intent.id }])
  work.target.stored(uids)
  countStored(run, work, stored)
  countFound(run, work, batch.found)
  for (const { rule } of batch.excluded) work.tally.exclude(rule)
  work.tally.fates.vanished += batch.vanished.length
}

function foundPair({ message, candidate }: FoundMessage): PairRun {
  const origin = candidate.ours ? 'copied' : 'found'
  return { source: message.uid, target: candidate.uid, count: 1, flags: candidate.flags, origin }
}

function countStored(run: Run, { tally, entry }: FolderWork, stored: readonly SentMessage[]): void {
  if (stored.length === 0) return
  const bytes = stored.reduce((sum, { size }) => sum + size, 0)
  tally.fates.copied += stored.length
  tally.bytesCopied += bytes
  for (const { dropped } of stored) tally.drop(dropped)
  run.emit({ kind: 'copied', folder: entry.target, messages: stored.length, bytes })
}

function countFound(
  run: Run,
  { tally, entry, target, flagFixes }: FolderWork,
  found: readonly FoundMessage[],
): void {
  if (found.length === 0) return
  tally.fates.alreadyThere += found.length
  run.emit({ kind: 'alreadyThere', folder: entry.target, messages: found.length })
  for (const { message, candidate } of found) {
    const { flags } = chooseFlags(message.flags, target.permanentFlags)
    if (flagsKey(flags) === candidate.flags) continue
    flagFixes.push({
      source: message.uid,
      target: candidate.uid,
      origin: candidate.ours ? 'copied' : 'found',
      flags,
    })
  }
}

/** OK, but no word of the UIDs: they are found by content; what cannot be found was stored all the same. */
async function settleByLooking(
  run: Run,
  lane: Lane,
  work: FolderWork,
  intent: Intent,
  batch: SentBatch,
): Promise<void> {
  const pairs = await lane.attempt(() => work.target.alone(() => recoverIntent(run, lane, intent)))
  const { sourceWire: source } = work.entry
  const known = new Set(
    pairs.flatMap((pair) => Array.from({ length: pair.count }, (_, index) => pair.source + index)),
  )
  const unseen = batch.sent.filter(({ message }) => !known.has(message.uid)).map(({ message }) => message.uid)
  if (unseen.length > 0) await run.state.commit([{ kind: 'delivered', source, uids: rangesOf(unseen) }])
  work.target.stored(targetsIn(pairs))
  work.target.expected += unseen.length
  countStored(run, work, batch.sent)
  await settle(run, work, intent, { ...batch, sent: [] }, [])
}

function targetsIn(pairs: readonly PairRun[]): readonly number[] {
  return pairs.flatMap((pair) => Array.from({ length: pair.count }, (_, index) => pair.target + index))
}

/** What the answer asks for: nothing more, another try, or a message put aside. */
async function afterwards(
  run: Run,
  lane: Lane,
  work: FolderWork,
  piece: Piece,
  batch: SentBatch,
): Promise<readonly Piece[]> {
  for (const message of batch.empty)
    await setAside(run, lane, work, message, 'The message has no content at all.')
  const alone = piece.batch.length === 1
  if (alone)
    for (const message of batch.unreadable)
      await setAside(run, lane, work, message, 'The old server lists the message but does not deliver it.')
  const postponed = batch.postponed.map((message) => ({ ...piece, batch: [message], unmatched: true }))
  const again = alone ? [] : batch.unreadable.map((message) => ({ ...piece, batch: [message] }))
  const refused =
    batch.answer?.status === 'NO' ? await afterRefusal(run, lane, work, piece, batch, batch.answer) : []
  return [...refused, ...again, ...postponed]
}

async function afterRefusal(
  run: Run,
  lane: Lane,
  work: FolderWork,
  piece: Piece,
  batch: SentBatch,
  answer: CommandResult,
): Promise<readonly Piece[]> {
  const { code = '', text } = answer
  if (code === 'OVERQUOTA' || (code === '' && /quota/i.test(text))) {
    run.overQuota(work.entry.target, text)
    return []
  }
  if (code === 'TRYCREATE' || code === 'NONEXISTENT')
    throw new ImapSyncError(
      'folderMissing',
      `target: the folder vanished while it was copied into: ${text}`,
      {
        side: 'target',
      },
    )
  if (['LIMIT', 'INUSE', 'UNAVAILABLE'].includes(code)) {
    await lane.recoverFrom((await lane.target.session()).refusal('APPEND', answer))
    return [{ ...piece, batch: unsettled(piece, batch) }]
  }
  return halve(
    run,
    lane,
    work,
    { ...piece, batch: unsettled(piece, batch) },
    `The new server refused it: ${text}`,
  )
}

/** Messages of the piece that have no fate yet and were not put off. */
function unsettled(piece: Piece, batch: SentBatch): Batch {
  const settled = [
    ...batch.found.map(({ message }) => message),
    ...batch.excluded.map(({ message }) => message),
    ...batch.empty,
    ...batch.unreadable,
    ...batch.vanished,
    ...batch.postponed,
  ]
  const uids = new Set(settled.map(({ uid }) => uid))
  return piece.batch.filter(({ uid }) => !uids.has(uid))
}

async function halve(
  run: Run,
  lane: Lane,
  work: FolderWork,
  piece: Piece,
  reason: string,
): Promise<readonly Piece[]> {
  const { batch } = piece
  const [only] = batch
  if (batch.length === 1 && only !== undefined) {
    // Some servers have limits for keywords (Dovecot: 50 characters) that PERMANENTFLAGS does not tell.
    const keywords = chooseFlags(only.flags, undefined).flags.some((flag) => !flag.startsWith('\\'))
    if (keywords && !piece.bare) return [{ ...piece, careful: true, bare: true }]
    await setAside(run, lane, work, only, reason)
    return []
  }
  const middle = Math.ceil(batch.length / 2)
  return [batch.slice(0, middle), batch.slice(middle)]
    .filter((half) => half.length > 0)
    .map((half) => ({ ...piece, batch: half }))
}

/** The connection was lost, or we had to leave it: finds out what was stored, and says what is still to be done. */
async function afterFailure(
  run: Run,
  lane: Lane,
  work: FolderWork,
  piece: Piece,
  intent: Intent | undefined,
  error: unknown,
): Promise<readonly Piece[]> {
  const misunderstood = misunderstoodAppend(error)
  if (misunderstood !== undefined) lane.drop()
  else await lane.recoverFrom(error)
  if (intent === undefined) return [piece]
  const pending = intent
  const open = (await run.state.intents()).some(({ id }) => id === pending.id)
  // Settled before the failure: the messages are counted.
  if (!open) throw error
  const pairs = await lane.attempt(() => work.target.alone(() => recoverIntent(run, lane, pending)))
  const stored = new Set(
    pairs.flatMap((pair) => Array.from({ length: pair.count }, (_, index) => pair.source + index)),
  )
  work.target.stored(targetsIn(pairs))
  const done = piece.batch.filter(({ uid }) => stored.has(uid))
  countStored(
    run,
    work,
    done.map((message) => {
      return { message, ...flagsFor(message, work, piece), size: message.size }
    }),
  )
  const rest = piece.batch.filter(({ uid }) => !stored.has(uid))
  if (rest.length === 0) return []
  if (misunderstood === undefined) return [{ ...piece, batch: rest }]
  const reason = `The new server did not understand it: ${misunderstood.message}`
  return halve(run, lane, work, { ...piece, batch: rest, careful: true }, reason)
}

/** The BAD at the root of it, when the target did not understand an APPEND. */
function misunderstoodAppend(error: unknown): ImapSyncError | undefined {
  if (!isImapSyncError(error)) return undefined
  if (error.code === 'protocol' && error.side === 'target' && error.command === 'APPEND') return error
  return misunderstoodAppend(error.cause)
}
