import { searchFor, type SearchCriteria } from '../commands/search.ts'
import { fetchMetadata } from '../commands/fetch-metadata.ts'
import { openFolder } from '../commands/select.ts'
import { type ConnectOptions, openConnection } from '../connection/connect.ts'
import type { Endpoint } from '../endpoint.ts'
import { ifMissing } from '../errors.ts'
import { readListing } from '../folders/listing.ts'
import { describeHeader } from '../identity/describe-header.ts'
import { countOf, splitAt } from '../state/ranges.ts'
import { hashMessages } from '../sync/hash-messages.ts'
import { sharedLimits } from '../sync/shared-limits.ts'

export interface SearchMailboxOptions extends ConnectOptions {
  /** Messages to describe at most, in all folders together. Default 50. */
  readonly limit?: number
}

/** A message that was found. Texts are decoded, printable and bounded: they come from strangers. */
export interface SearchHit {
  /** Name for people, and wire name. */
  readonly folder: string
  readonly folderWire: string
  readonly uidValidity: number
  readonly uid: number
  /** Canonical hash ({@link messageHash}): the same on both servers. */
  readonly hash: string
  /** Bytes. */
  readonly size: number
  readonly flags: readonly string[]
  /** INTERNALDATE as ISO 8601, where the server tells it. */
  readonly date?: string
  readonly subject?: string
  readonly from?: string
  readonly messageId?: string
}

export interface SearchResult {
  readonly hits: readonly SearchHit[]
  /** How many there are in all, those beyond the limit included. */
  readonly total: number
}

/**
 * Looks through all folders of a mailbox for messages, by header. Only reads (LIST, EXAMINE, UID SEARCH, UID FETCH with PEEK): no flag
 * changes. Memory: one window of messages, whatever their size. Rejects as `connect` does.
 */
export async function searchMailbox(
  { server, login }: Endpoint,
  criteria: SearchCriteria,
  options: SearchMailboxOptions = {},
): Promise<SearchResult> {
  const { signal, limit = 50 } = options
  await using connection = await openConnection(server, login, 'readOnly', options)
  const { session } = connection
  const hits: SearchHit[] = []
  let total = 0
  const { folders } = await readListing(session)
  for (const { name, wire } of folders.filter(({ selectable }) => selectable)) {
    signal?.throwIfAborted()
    const opened = await openFolder(session, wire, 'EXAMINE').catch(ifMissing)
    if (opened === undefined || opened.exists === 0) continue
    const uids = await searchFor(session, criteria)
    const count = countOf(uids)
    total += count
    if (count === 0 || hits.length >= limit) continue
    const { head: wanted } = splitAt(uids, limit - hits.length)
    const rows = new Map((await fetchMetadata(session, wanted)).map((row) => [row.uid, row]))
    await hashMessages(session, wanted, { shared: sharedLimits(), signal }, ({ uid, hash, size, head }) => {
      const row = rows.get(uid)
      hits.push({
        folder: name,
        folderWire: wire,
        uidValidity: opened.uidValidity,
        uid,
        hash,
        size,
        flags: row?.flags ?? [],
        ...(row?.date === undefined ? {} : { date: new Date(row.date.seconds * 1000).toISOString() }),
        ...describeHeader(head),
      })
    })
  }
  return { hits, total }
}
