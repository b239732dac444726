import { appendEach, type AppendMessage } from '../commands/append.ts'
import { createFolder, subscribe } from '../commands/folders.ts'
import { openFolder } from '../commands/select.ts'
import { type ConnectOptions, openConnection } from '../connection/connect.ts'
import type { Endpoint } from '../endpoint.ts'
import { ImapSyncError } from '../errors.ts'
import { readListing } from '../folders/listing.ts'
import type { FolderListing } from '../folders/types.ts'
import { sharedLimits } from '../sync/shared-limits.ts'
import { listSide } from '../verify/list-side.ts'
import { formatInternalDate, parseInternalDate } from '../wire/dates.ts'
import { chooseFlags, flagsKey } from '../wire/flags.ts'
import type { CommandResult, Session } from '../wire/session.ts'

/** A message that is to be put into a folder. */
export interface FillMessage {
  readonly flags: readonly string[]
  /** Absent: the epoch. */
  readonly date?: { readonly seconds: number; readonly zoneMinutes: number }
  readonly size: number
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** What a server says to one message: NO means that it was not stored. */
export type FillAnswer =
  | { readonly stored: true }
  | { readonly stored: false; readonly text: string; readonly responseCode?: string }

/** A message of a folder as content, date and flags tell it. */
export interface HashedContent {
  /** `messageHash`. */
  readonly hash: string
  readonly bytes: number
  /** INTERNALDATE, seconds since the epoch. */
  readonly date: number
  /** All of them as one comparable text. */
  readonly flags: string
}

export interface FillFolder {
  /** Everything in it, read and hashed. Memory: a few hundred bytes a message. */
  contents(): Promise<readonly HashedContent[]>
  /** How {@link contents} will show a message that was put there: flags that this folder does not keep are left out. */
  expected(message: Pick<FillMessage, 'flags' | 'date'>): Pick<HashedContent, 'date' | 'flags'>
  /**
   * Puts messages there, in order; an answer for each that was sent. Stops early after an answer that speaks of the folder (full, gone).
   * When the connection is lost, some may have been stored: reading the folder again tells.
   */
  add(messages: AsyncIterable<FillMessage>): Promise<readonly FillAnswer[]>
}

/** A mailbox that messages are put into. Nothing in it is changed or removed. Close it (or `await using`). */
export interface MailboxFiller extends AsyncDisposable {
  /** As it was when the mailbox was opened. */
  readonly listing: FolderListing
  /** Opens a folder by its wire name; makes it first when it is not there. */
  open(folder: string, options?: { readonly subscribe?: boolean }): Promise<FillFolder>
  close(): void
}

/** Opens a mailbox to put many messages into it, for a restored backup say. Rejects as `connect` does. */
export async function fillMailbox(
  { server, login }: Endpoint,
  options: ConnectOptions = {},
): Promise<MailboxFiller> {
  const connection = await openConnection(server, login, 'additive', options)
  const { session } = connection
  try {
    const listing = await readListing(session)
    const known = new Map(listing.folders.map((folder) => [folder.wire, folder]))
    return {
      listing,
      open: async (folder, { subscribe: wanted = false } = {}) => {
        if (known.get(folder)?.selectable !== true) await createFolder(session, folder)
        if (wanted && known.get(folder)?.subscribed !== true) await subscribe(session, folder)
        return openedFolder(session, folder, options.signal)
      },
      close: () => connection.close(),
      [Symbol.asyncDispose]: async () => connection.close(),
    }
  } catch (error) {
    connection.close()
    throw error
  }
}

async function openedFolder(
  session: Session,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<FillFolder> {
  const { permanentFlags } = await openFolder(session, folder, 'SELECT')
  return {
    contents: async () => {
      // Opened anew: another folder may be open, and this one may have grown.
      const { exists } = await openFolder(session, folder, 'EXAMINE')
      const { messages, unreadable } = await listSide(session, exists, { shared: sharedLimits(), signal })
      if (unreadable.length > 0)
        throw new ImapSyncError(
          'protocol',
          `${session.side}: ${unreadable.length} messages of a folder cannot be read`,
          { side: session.side },
        )
      return messages.map(({ hash, bytes, date, flags }) => ({ hash, bytes, date, flags }))
    },
    expected: ({ flags, date }) => {
      const written = parseInternalDate(formatInternalDate(date ?? EPOCH).text.trim())
      return { date: written?.seconds ?? 0, flags: flagsKey(chooseFlags(flags, permanentFlags).flags) }
    },
    add: async (messages) => {
      const answers = await appendEach(session, folder, prepared(messages, permanentFlags), { careful: true })
      return answers.map(answerOf)
    },
  }
}

const EPOCH = { seconds: 0, zoneMinutes: 0 }

async function* prepared(
  messages: AsyncIterable<FillMessage>,
  permanentFlags: ReadonlySet<string> | undefined,
): AsyncGenerator<AppendMessage> {
  for await (const { flags, date, size, chunks } of messages)
    yield {
      flags: chooseFlags(flags, permanentFlags).flags,
      date: date ?? EPOCH,
      size,
      chunks: buffers(chunks),
    }
}

async function* buffers(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
}

function answerOf({ status, text, code }: CommandResult): FillAnswer {
  return status === 'OK'
    ? { stored: true }
    : { stored: false, text, ...(code === undefined ? {} : { responseCode: code }) }
}
