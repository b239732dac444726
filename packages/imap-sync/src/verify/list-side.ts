import { createHash } from 'node:crypto'
import { fetchBodies } from '../commands/fetch-bodies.ts'
import { fetchMetadata } from '../commands/fetch-metadata.ts'
import { searchAll } from '../commands/search.ts'
import { MessageHasher } from '../identity/hash.ts'
import { countOf, splitAt, subtract } from '../state/ranges.ts'
import type { UidRange } from '../state/state.ts'
import type { SharedLimits } from '../sync/shared-limits.ts'
import { formatInternalDate, parseInternalDate, type InternalDate } from '../wire/dates.ts'
import { chooseFlags, flagsKey } from '../wire/flags.ts'
import type { Session } from '../wire/session.ts'
import { uidSets } from '../wire/uid-sets.ts'

/** One message as the comparison sees it. */
export interface ListedMessage {
  readonly uid: number
  readonly hash: string
  readonly bytes: number
  /** INTERNALDATE in seconds since the epoch, within what IMAP servers can hold. */
  readonly date: number
  /** System flags and keywords that can be sent at all, as one comparable text. */
  readonly flags: string
}

export interface SideListing {
  readonly messages: readonly ListedMessage[]
  /** UIDs whose content the server did not deliver. */
  readonly unreadable: readonly number[]
}

export interface ListOptions {
  readonly shared: SharedLimits
  readonly signal: AbortSignal | undefined
  /** Only messages at or above this UID. */
  readonly since?: number
  /** Lower case: not compared. */
  readonly ignoredKeywords?: ReadonlySet<string>
  readonly onHashed?: (messages: number, bytes: number) => void
}

const windowMessages = 1000
const wholeUpTo = 256 * 1024
const laneBytes = 2 * 1024 * 1024

/** Reads every message of the opened folder anew: flags, date, and the hash of its content. */
export async function listSide(session: Session, exists: number, options: ListOptions): Promise<SideListing> {
  const { shared, signal, since = 1, onHashed } = options
  const all = exists === 0 ? [] : await searchAll(session)
  const wanted = subtract(all, since > 1 ? [{ first: 1, last: since - 1 }] : [])
  const messages: ListedMessage[] = []
  const unreadable: number[] = []
  const release = await shared.acquire(laneBytes, signal)
  try {
    for (let rest: readonly UidRange[] = wanted; countOf(rest) > 0;) {
      const window = splitAt(rest, windowMessages)
      rest = window.rest
      for (const { ranges } of uidSets(window.head)) {
        const listed = await listWindow(session, ranges, options)
        messages.push(...listed.messages)
        unreadable.push(...listed.unreadable)
        onHashed?.(
          listed.messages.length,
          listed.messages.reduce((sum, { bytes }) => sum + bytes, 0),
        )
      }
    }
  } finally {
    release()
  }
  return { messages, unreadable }
}

async function listWindow(
  session: Session,
  ranges: readonly UidRange[],
  { shared, signal, ignoredKeywords }: ListOptions,
): Promise<{ readonly messages: ListedMessage[]; readonly unreadable: number[] }> {
  const rows = await fetchMetadata(session, ranges)
  const contents = new Map<number, { readonly hash: string; readonly bytes: number }>()
  const fetch = fetchBodies(session, ranges, { wholeUpTo })
  for await (const body of fetch.bodies) {
    if (body.kind === 'unreadable') continue
    const hasher = new MessageHasher()
    for await (const chunk of body.chunks) hasher.update(chunk)
    contents.set(body.uid, { hash: hasher.digest(), bytes: hasher.bytes })
    await shared.throttle(hasher.bytes, signal)
  }
  await fetch.result
  const messages: ListedMessage[] = []
  const unreadable: number[] = []
  for (const { uid, flags, date } of rows) {
    const content = contents.get(uid)
    if (content === undefined) unreadable.push(uid)
    else
      messages.push({
        uid,
        ...content,
        date: holdable(date),
        flags: comparable(flags, ignoredKeywords),
      })
  }
  return { messages, unreadable }
}

function comparable(flags: readonly string[], ignored: ReadonlySet<string> | undefined): string {
  const sendable = chooseFlags(flags, undefined).flags
  return flagsKey(sendable.filter((flag) => ignored?.has(flag.toLowerCase()) !== true))
}

/** A date as a target can have it: see `formatInternalDate`. */
function holdable(date: InternalDate | undefined): number {
  const written = formatInternalDate(date ?? { seconds: 0, zoneMinutes: 0 })
  return written.replaced ? (parseInternalDate(written.text)?.seconds ?? 0) : (date?.seconds ?? 0)
}

/** The fingerprint of a set of messages: SHA-256 over their hashes, sorted. */
export function digestOf(messages: readonly ListedMessage[]): string {
  const hash = createHash('sha256')
  for (const one of messages.map((message) => message.hash).toSorted()) hash.update(`${one}\n`)
  return hash.digest('hex')
}
