import type { UidRange } from '../state/state.ts'
import { includes } from '../state/ranges.ts'
import { command } from '../wire/command.ts'
import { parseInternalDate, type InternalDate } from '../wire/dates.ts'
import { flagsOf, parseFetch, uidOf } from '../wire/fetch-response.ts'
import type { Session } from '../wire/session.ts'
import { numberOf, textOf } from '../wire/tokens.ts'
import { uidSets } from '../wire/uid-sets.ts'

/** What a message is without its content. */
export interface MessageMetadata {
  readonly uid: number
  readonly flags: readonly string[]
  /** Undefined when the server sends none that can be read. */
  readonly date: InternalDate | undefined
  /** RFC822.SIZE: a guess, servers report it wrongly. */
  readonly size: number
}

/** Metadata of messages of the opened folder; those that are gone are missing. */
export async function fetchMetadata(
  session: Session,
  ranges: readonly UidRange[],
): Promise<MessageMetadata[]> {
  const rows = new Map<number, MessageMetadata>()
  const commands = uidSets(ranges).map(({ set }) =>
    session.must(command('UID FETCH', set, '(UID FLAGS INTERNALDATE RFC822.SIZE)'), {
      untagged: (response) => {
        const items = parseFetch(response)
        const uid = items === undefined ? undefined : uidOf(items)
        // Flag changes of other sessions arrive as FETCH responses too, without a size.
        if (items === undefined || uid === undefined || !items.has('RFC822.SIZE') || !includes(ranges, uid))
          return
        const date = textOf(items.get('INTERNALDATE'))
        rows.set(uid, {
          uid,
          flags: flagsOf(items) ?? [],
          date: date === undefined ? undefined : parseInternalDate(date),
          size: numberOf(items.get('RFC822.SIZE')) ?? 0,
        })
      },
    }),
  )
  await Promise.all(commands)
  return [...rows.values()].toSorted((a, b) => a.uid - b.uid)
}

/**
 * Flags of messages of the opened folder, only those changed since a mod-sequence when one is given (RFC 7162 §3.1.4.1).
 * `receive` is called for each message; those that are gone are missing.
 */
export async function fetchFlags(
  session: Session,
  ranges: readonly UidRange[],
  changedSince: string | undefined,
  receive: (uid: number, flags: readonly string[]) => void,
): Promise<void> {
  const modifier = changedSince === undefined ? [] : [`(CHANGEDSINCE ${changedSince})`]
  const commands = uidSets(ranges).map(({ set }) =>
    session.must(command('UID FETCH', set, '(UID FLAGS)', ...modifier), {
      untagged: (response) => {
        const items = parseFetch(response)
        const uid = items === undefined ? undefined : uidOf(items)
        const flags = items === undefined ? undefined : flagsOf(items)
        if (uid !== undefined && flags !== undefined && includes(ranges, uid)) receive(uid, flags)
      },
    }),
  )
  await Promise.all(commands)
}
