import { randomUUID } from 'node:crypto'
import { ImapSyncError } from '../errors.ts'
import { rangesOf } from '../state/ranges.ts'
import type { Intent } from '../state/state.ts'
import { afterAnswer, afterFailure } from './after-batch.ts'
import type { Batch, FolderWork } from './folder-work.ts'
import { laneBytes } from './hash-messages.ts'
import type { Lane } from './lane.ts'
import { inPieces, type Piece } from './piece.ts'
import type { Run } from './run.ts'
import { sendBatch } from './send-batch.ts'
import { settle, settleByLooking } from './settle-batch.ts'

/**
 * Copies a batch, whatever happens: a refused batch is halved until the culprit is found and set aside, a lost
 * connection is opened again and what was stored before is found. Afterwards every message has its fate, unless the
 * target is full. Rejects when the folder cannot be worked on any more.
 */
export async function copyBatch(run: Run, lane: Lane, work: FolderWork, batch: Batch): Promise<void> {
  const { capabilities } = await lane.attempt(() => lane.target.session())
  const pieces = inPieces(batch, { each: !capabilities.has('MULTIAPPEND') })
  for (let piece = pieces.shift(); piece !== undefined && !run.full; piece = pieces.shift()) {
    run.signal?.throwIfAborted()
    pieces.unshift(...(await copyPiece(run, lane, work, piece)))
  }
}

/** One try. Resolves with what has to be tried in another way. */
async function copyPiece(run: Run, lane: Lane, work: FolderWork, piece: Piece): Promise<readonly Piece[]> {
  let intent: Intent | undefined
  let complete = false
  const onComplete = (): void => {
    complete = true
  }
  const remember = (): { readonly intent: Intent; readonly durable: Promise<void> } => {
    const written: Intent = {
      id: randomUUID(),
      source: work.entry.sourceWire,
      target: work.target.wire,
      targetUidValidity: work.target.uidValidity,
      targetUidNext: work.target.uidNext,
      uids: rangesOf(piece.batch.map(({ uid }) => uid)),
    }
    intent = written
    const durable = run.state.commit([{ kind: 'intent', intent: written }])
    durable.catch(() => {})
    return { intent: written, durable }
  }
  try {
    const { sent, known } = await work.target.write(async () => {
      const release = await run.shared.acquire(laneBytes, run.signal)
      try {
        const { session: source } = await openSource(lane, work)
        // RFC 3502 missing: the folder is opened, for APPENDs into another one than the open one cost the server more.
        const target = piece.each
          ? (await lane.target.folder(work.target.wire, 'SELECT')).session
          : await lane.target.session()
        const { intent: written, durable } = remember()
        // The source is asked while the intent reaches the disk; the target hears of nothing before.
        const options = { ...piece, ready: durable, onComplete }
        const result = await sendBatch(run, { source, target }, work, piece.batch, options)
        await durable
        if (result.uids !== undefined) settle(run, work, written, result, result.uids)
        else if (result.answer?.status === 'OK') work.target.storedUntold()
        return { sent: result, known: written }
      } finally {
        release()
      }
    })
    if (sent.answer?.status !== 'NO') lane.progressed()
    if (sent.uids === undefined && sent.answer?.status === 'OK')
      await settleByLooking(run, lane, work, known, sent)
    if (sent.answer?.status === 'NO' || sent.answer === undefined) settle(run, work, known, sent, [])
    return await afterAnswer(run, lane, work, piece, sent)
  } catch (error) {
    return afterFailure(run, lane, work, piece, { intent, complete, error })
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
