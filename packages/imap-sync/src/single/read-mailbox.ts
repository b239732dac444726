import { fetchBodies } from '../commands/fetch-bodies.ts'
import { fetchMetadata } from '../commands/fetch-metadata.ts'
import { searchAll } from '../commands/search.ts'
import { openFolder } from '../commands/select.ts'
import { type ConnectOptions, openConnection } from '../connection/connect.ts'
import type { Endpoint } from '../endpoint.ts'
import { readListing } from '../folders/listing.ts'
import type { FolderListing } from '../folders/types.ts'
import { countOf, splitAt } from '../state/ranges.ts'
import type { UidRange } from '../state/state.ts'
import type { Session } from '../wire/session.ts'
import { uidSets } from '../wire/uid-sets.ts'

/** Messages up to this size are in memory as a whole. */
const WHOLE_UP_TO = 1024 * 1024
const WINDOW_MESSAGES = 1000

export interface ReadMailboxOptions extends ConnectOptions {
  /** Messages up to so many bytes come whole (`whole` is set). Default 1 MiB, which is also the least. */
  readonly wholeUpTo?: number
}

/** A message as it lies on the server. */
export interface StoredMessage {
  readonly uid: number
  readonly flags: readonly string[]
  /** INTERNALDATE; absent when the server sends none that can be read. */
  readonly date?: { readonly seconds: number; readonly zoneMinutes: number }
  /** Bytes. */
  readonly size: number
  /** All of it, when it is small; may be read more than once, until the next message is asked for. */
  readonly whole?: readonly Uint8Array[]
  /** Once, to its end, before the next message is asked for; each chunk is valid until the next one. */
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

export type ReadMessage =
  | (StoredMessage & { readonly kind: 'message' })
  /** It exists, and the server does not give its content. */
  | { readonly kind: 'unreadable'; readonly uid: number }

export interface OpenFolder {
  readonly uidValidity: number
  /** How many there were when it was opened. */
  readonly exists: number
  /** All messages, by UID; what vanishes meanwhile is missing. Whoever stops early has to close the reader. */
  readonly messages: AsyncIterable<ReadMessage>
}

/** A mailbox that is read as a whole, folder by folder; nothing in it is changed. Close it (or `await using`). */
export interface MailboxReader extends AsyncDisposable {
  readonly listing: FolderListing
  /** By wire name. Rejects with `ImapSyncError` (`folderMissing`, ...). */
  open(folder: string): Promise<OpenFolder>
  close(): void
}

/**
 * Opens a mailbox to read all of it, for a backup say. Memory: one window of metadata and what is on its way, whatever its size.
 * Rejects as `connect` does.
 */
export async function readMailbox(
  { server, login }: Endpoint,
  options: ReadMailboxOptions = {},
): Promise<MailboxReader> {
  const connection = await openConnection(server, login, 'readOnly', options)
  const { session } = connection
  const wholeUpTo = Math.max(WHOLE_UP_TO, options.wholeUpTo ?? 0)
  try {
    const listing = await readListing(session)
    return {
      listing,
      open: async (folder) => {
        const { uidValidity, exists } = await openFolder(session, folder, 'EXAMINE')
        return { uidValidity, exists, messages: messagesOf(session, exists, wholeUpTo) }
      },
      close: () => connection.close(),
      [Symbol.asyncDispose]: async () => connection.close(),
    }
  } catch (error) {
    connection.close()
    throw error
  }
}

async function* messagesOf(session: Session, exists: number, wholeUpTo: number): AsyncGenerator<ReadMessage> {
  let rest: readonly UidRange[] = exists === 0 ? [] : await searchAll(session)
  while (countOf(rest) > 0) {
    const window = splitAt(rest, WINDOW_MESSAGES)
    rest = window.rest
    for (const { ranges } of uidSets(window.head)) {
      const rows = new Map((await fetchMetadata(session, ranges)).map((row) => [row.uid, row]))
      const fetch = fetchBodies(session, ranges, { wholeUpTo })
      const told = new Set<number>()
      for await (const body of fetch.bodies) {
        const row = rows.get(body.uid)
        if (row === undefined || told.has(body.uid)) {
          if (body.kind !== 'unreadable') await passOver(body.chunks)
          continue
        }
        told.add(body.uid)
        if (body.kind === 'unreadable') {
          yield { kind: 'unreadable', uid: body.uid }
          continue
        }
        yield {
          kind: 'message',
          uid: body.uid,
          flags: row.flags,
          size: body.size,
          chunks: body.chunks,
          ...(row.date === undefined ? {} : { date: row.date }),
          ...(body.kind === 'whole' ? { whole: body.chunks } : {}),
        }
      }
      const { status } = await fetch.result
      // OK: what is missing is gone. NO: the server could not deliver it.
      if (status === 'NO')
        for (const uid of rows.keys()) if (!told.has(uid)) yield { kind: 'unreadable', uid }
    }
  }
}

async function passOver(chunks: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> {
  for await (const chunk of chunks) void chunk
}
