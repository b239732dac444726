import { speaksOfAll } from '../commands/append.ts'
import { ImapSyncError, isImapSyncError } from '../errors.ts'
import type { Intent } from '../state/state.ts'
import { chooseFlags } from '../wire/flags.ts'
import type { CommandResult } from '../wire/session.ts'
import type { Batch, FolderWork } from './folder-work.ts'
import type { Lane } from './lane.ts'
import { halves, type Piece } from './piece.ts'
import { recoverIntent } from './recover.ts'
import { refuse } from './refusals.ts'
import type { Run } from './run.ts'
import { flagsFor, type SentBatch } from './send-batch.ts'
import { setAside } from './set-aside-message.ts'
import { countStored, sourcesIn, targetsIn } from './settle-batch.ts'

/** Tries that may fail in the same way before the messages themselves are suspected. */
const suspicious = 3

/** What the answer asks for: nothing more, another try, or a message put aside. Resolves with what is to be tried next. */
export async function afterAnswer(
  run: Run,
  lane: Lane,
  work: FolderWork,
  piece: Piece,
  batch: SentBatch,
): Promise<readonly Piece[]> {
  for (const message of batch.empty)
    await setAside(run, lane, work, message, 'The message has no content at all.')
  for (const { message, size } of batch.tooLarge)
    await setAside(
      run,
      lane,
      work,
      message,
      `The message has ${size} bytes, and the new server takes ${work.target.appendLimit ?? 0} (APPENDLIMIT).`,
    )
  const alone = piece.batch.length === 1
  if (alone)
    for (const message of batch.unreadable)
      await setAside(run, lane, work, message, 'The old server lists the message but does not deliver it.')
  const postponed = batch.postponed.map((message) => ({ ...piece, batch: [message], unmatched: true }))
  const again = alone ? [] : batch.unreadable.map((message) => ({ ...piece, batch: [message] }))
  const refused = piece.each
    ? await afterEach(run, lane, work, piece, batch)
    : batch.answer?.status === 'NO'
      ? await afterRefusal(run, lane, work, { ...piece, batch: unsettled(piece, batch) }, batch.answer)
      : []
  return [...refused, ...again, ...postponed]
}

/** Sent one by one: whoever was refused is known, and what was not even sent goes again as it is. */
async function afterEach(
  run: Run,
  lane: Lane,
  work: FolderWork,
  piece: Piece,
  batch: SentBatch,
): Promise<readonly Piece[]> {
  const settled = new Set([...batch.sent, ...batch.refused].map(({ message }) => message.uid))
  const unsent = unsettled(piece, batch).filter(({ uid }) => !settled.has(uid))
  const pieces: Piece[] = unsent.length === 0 ? [] : [{ ...piece, batch: unsent, failures: 0 }]
  // What was refused for a reason that is no message's own goes again together.
  const groups = Map.groupBy(batch.refused, ({ message, answer: { code = '' } }) =>
    speaksOfAll(code) ? code : message.uid,
  )
  for (const group of groups.values()) {
    const [first] = group
    const left = { ...piece, batch: group.map(({ message }) => message) }
    if (first !== undefined) pieces.push(...(await afterRefusal(run, lane, work, left, first.answer)))
    if (run.full) return []
  }
  return pieces
}

/** `piece`: what is left of it without a fate. */
async function afterRefusal(
  run: Run,
  lane: Lane,
  work: FolderWork,
  piece: Piece,
  answer: CommandResult,
): Promise<readonly Piece[]> {
  const { code = '', text } = answer
  const left = { ...piece, failures: piece.failures + 1 }
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
  // LIMIT may mean the server's mood (RFC 5530) or a message (Dovecot's size limit): the second time it is a message, and
  // stays one while it is looked for. Waiting at every halving would wear out the patience before it is found.
  const patience = code !== 'LIMIT' ? suspicious : piece.limited ? 0 : 1
  if (['LIMIT', 'INUSE', 'UNAVAILABLE'].includes(code) && left.failures <= patience) {
    const { session } = await lane.target.folder(work.target.wire, 'SELECT')
    await lane.recoverFrom(session.refusal('APPEND', answer))
    return [left]
  }
  const limited = piece.limited || code === 'LIMIT'
  return suspect(run, lane, work, { ...left, limited }, `The new server refused it: ${text}`)
}

/** Messages of the piece that have no fate yet and were not put off. */
function unsettled(piece: Piece, batch: SentBatch): Batch {
  const settled = [
    ...batch.found.map(({ message }) => message),
    ...batch.excluded.map(({ message }) => message),
    ...batch.empty,
    ...batch.tooLarge.map(({ message }) => message),
    ...batch.unreadable,
    ...batch.vanished,
    ...batch.postponed,
  ]
  const uids = new Set(settled.map(({ uid }) => uid))
  return piece.batch.filter(({ uid }) => !uids.has(uid))
}

/** One of these messages is the trouble: halves them, and puts the last one left aside. */
async function suspect(
  run: Run,
  lane: Lane,
  work: FolderWork,
  piece: Piece,
  reason: string,
): Promise<readonly Piece[]> {
  const [only] = piece.batch
  if (piece.batch.length !== 1 || only === undefined) return halves(piece)
  // Some servers have limits for keywords (Dovecot: 50 characters) that PERMANENTFLAGS does not tell.
  const keywords = chooseFlags(only.flags, undefined).flags.some((flag) => !flag.startsWith('\\'))
  if (keywords && !piece.bare) return [{ ...piece, careful: true, bare: true, failures: 0 }]
  await refuse(run, lane, work, only, reason)
  return []
}

export interface Failure {
  /** Undefined when it was not even begun. */
  readonly intent: Intent | undefined
  /** The whole command had been sent. */
  readonly complete: boolean
  readonly error: unknown
}

/** The connection was lost, or we had to leave it: finds out what was stored, and says what is still to be done. */
export async function afterFailure(
  run: Run,
  lane: Lane,
  work: FolderWork,
  piece: Piece,
  { intent, complete, error }: Failure,
): Promise<readonly Piece[]> {
  const misunderstood = misunderstoodAppend(error)
  if (misunderstood === undefined) await lane.recoverFrom(error)
  else lane.drop()
  if (intent === undefined) return [piece]
  // Settled before the failure: the messages are counted.
  if ((await run.state.intents()).every(({ id }) => id !== intent.id)) throw error
  // Cut off in the middle, or not understood: nothing was stored. Otherwise the server may still be at it, also with the
  // commands behind the one that it did not understand.
  const mayComeLate = complete && (piece.each || misunderstood === undefined)
  const pairs = await lane.attempt(() =>
    work.target.alone(() => recoverIntent(run, lane, intent, { mayComeLate })),
  )
  const stored = new Set(sourcesIn(pairs))
  work.target.stored(targetsIn(pairs))
  const done = piece.batch.filter(({ uid }) => stored.has(uid))
  countStored(
    run,
    work,
    done.map((message) => ({ message, ...flagsFor(message, work, piece), size: message.size })),
  )
  const batch = piece.batch.filter(({ uid }) => !stored.has(uid))
  if (batch.length === 0) return []
  const left = { ...piece, batch, failures: done.length > 0 ? 0 : piece.failures + 1 }
  if (misunderstood !== undefined) {
    const reason = `The new server did not understand it: ${misunderstood.message}`
    return suspect(run, lane, work, { ...left, careful: true }, reason)
  }
  if (left.failures < suspicious) return [left]
  const message = error instanceof Error ? error.message : String(error)
  return suspect(run, lane, work, left, `Whenever it was to be copied, this happened: ${message}`)
}

/** The BAD at the root of it, when the target did not understand an APPEND. */
function misunderstoodAppend(error: unknown): ImapSyncError | undefined {
  if (!isImapSyncError(error)) return undefined
  if (error.code === 'protocol' && error.side === 'target' && error.command === 'APPEND') return error
  return misunderstoodAppend(error.cause)
}
