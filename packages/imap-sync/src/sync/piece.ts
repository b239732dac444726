import type { MessageMetadata } from '../commands/fetch-metadata.ts'
import { formatInternalDate } from '../wire/dates.ts'
import { chooseFlags } from '../wire/flags.ts'
import type { Batch } from './folder-work.ts'

/** Part of a batch that goes in one command, and how. */
export interface Piece {
  readonly batch: Batch
  /** Wait for the server's go-ahead before each body. */
  readonly careful: boolean
  /** Its content is known not to be on the target. */
  readonly unmatched: boolean
  /** Without keywords: the server took offence at them. */
  readonly bare: boolean
  /** How often nothing came of it. */
  readonly failures: number
  /** One command a message: the target has no MULTIAPPEND. */
  readonly each: boolean
  /** The server said LIMIT to it, and again after a pause: so it is one of these messages. */
  readonly limited: boolean
}

const usual: Omit<Piece, 'batch'> = {
  careful: false,
  unmatched: false,
  bare: false,
  failures: 0,
  each: false,
  limited: false,
}

/** Whatever is out of the ordinary goes alone and carefully: see `AppendOptions`. */
export function inPieces(batch: Batch, { each }: Pick<Piece, 'each'>): Piece[] {
  const ordinary = batch.filter((message) => isOrdinary(message))
  const odd = batch.filter((message) => !isOrdinary(message))
  return [
    ...(ordinary.length > 0 ? [{ ...usual, each, batch: ordinary }] : []),
    ...odd.map((message) => ({ ...usual, each, batch: [message], careful: true })),
  ]
}

function isOrdinary({ flags, date }: MessageMetadata): boolean {
  if (date === undefined || formatInternalDate(date).replaced) return false
  return chooseFlags(flags, undefined).flags.every(
    (flag) => flag.startsWith('\\') || /^[\w$.-]{1,50}$/.test(flag),
  )
}

/** Two halves, to find out in which of them the trouble is. */
export function halves(piece: Piece): Piece[] {
  const middle = Math.ceil(piece.batch.length / 2)
  return [piece.batch.slice(0, middle), piece.batch.slice(middle)]
    .filter((half) => half.length > 0)
    .map((half) => ({ ...piece, batch: half, failures: 0 }))
}
