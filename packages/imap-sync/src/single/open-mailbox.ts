import { append } from '../commands/append.ts'
import { canExpunge, expunge, MirrorTarget } from '../commands/mirror-target.ts'
import { searchMessageId } from '../commands/search.ts'
import { openFolder } from '../commands/select.ts'
import { type ConnectOptions, openConnection } from '../connection/connect.ts'
import type { Endpoint } from '../endpoint.ts'
import { ifMissing, ImapSyncError } from '../errors.ts'
import { readListing } from '../folders/listing.ts'
import { countOf, rangesOf } from '../state/ranges.ts'
import { hashMessages } from '../sync/hash-messages.ts'
import { sharedLimits } from '../sync/shared-limits.ts'
import type { Session } from '../wire/session.ts'

export interface OpenMailboxOptions extends ConnectOptions {
  /** `add` (default): messages can be put there and looked for. `remove`: single ones can also be taken out again. */
  readonly allow?: 'add' | 'remove'
}

export interface NewMessage {
  /** RFC 5322, CRLF. */
  readonly content: Uint8Array
  /** What the server shall remember as the time of arrival. */
  readonly date: Date
  /** Default: none. */
  readonly flags?: readonly string[]
}

/** What the server said to a message: NO means that nothing was stored. */
export type AppendAnswer =
  | { readonly stored: true; readonly uid?: number }
  | { readonly stored: false; readonly text: string; readonly responseCode?: string }

/** Which message: one whose Message-ID fits and whose content is one of these. */
export interface KnownMessage {
  /** With `<>`. */
  readonly messageId: string
  /** Canonical hashes ({@link messageHash}); a message with another content is somebody else's. */
  readonly hashes: readonly string[]
}

/** Without hashes the Message-ID alone tells: for what went through mail servers, which add headers. */
export type SoughtMessage = Pick<KnownMessage, 'messageId'> & Partial<KnownMessage>

export interface FoundMessage {
  /** Wire name of its folder. */
  readonly folder: string
  readonly uid: number
}

/** A mailbox that single messages are put into. Close it (or `await using`); closing never waits for the server. */
export interface MailboxHandle extends AsyncDisposable {
  /**
   * Puts one message into a folder (wire name). Rejects with `ImapSyncError` when the connection is lost or the signal's reason
   * when aborted: then it may have been stored, and `find` on another connection tells.
   */
  append(folder: string, message: NewMessage): Promise<AppendAnswer>
  /** Looks into this folder first, and into all others when it is not there: people move their mail. */
  find(message: SoughtMessage, options?: { readonly first?: string }): Promise<FoundMessage | undefined>
  /** Takes every copy of a message out of the mailbox. Needs `allow: 'remove'` and a server that knows UIDPLUS. */
  remove(message: KnownMessage): Promise<number>
  close(): void
}

/** Opens a mailbox for single messages. Rejects as `connect` does. */
export async function openMailbox(
  { server, login }: Endpoint,
  options: OpenMailboxOptions = {},
): Promise<MailboxHandle> {
  const { allow = 'add', signal } = options
  const connection = await openConnection(server, login, allow === 'remove' ? 'mirror' : 'additive', options)
  const { session } = connection
  return {
    append: (folder, message) => appendOne(session, folder, message),
    find: async (message, { first = 'INBOX' } = {}) => {
      const there = await foundIn(session, first, message, signal)
      if (there[0] !== undefined) return there[0]
      for (const folder of await mailFolders(session)) {
        if (folder === first) continue
        const [found] = await foundIn(session, folder, message, signal)
        if (found !== undefined) return found
      }
      return undefined
    },
    remove: (message) => removeAll(session, message, signal),
    close: () => connection.close(),
    [Symbol.asyncDispose]: async () => connection.close(),
  }
}

async function appendOne(session: Session, folder: string, message: NewMessage): Promise<AppendAnswer> {
  const { content, date, flags = [] } = message
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  async function* one() {
    const at = { seconds: Math.floor(date.getTime() / 1000), zoneMinutes: -date.getTimezoneOffset() }
    yield { flags, date: at, size: bytes.length, chunks: [bytes] }
  }
  const sent = await append(session, folder, one(), { careful: true })
  const answer = await sent?.answer
  if (answer === undefined) throw new ImapSyncError('usage', 'there is no message to append')
  const { status, text, code, codeArguments } = answer
  if (status !== 'OK') return { stored: false, text, ...(code === undefined ? {} : { responseCode: code }) }
  // RFC 4315 §3: APPENDUID SP uid-validity SP uid.
  const uid = code === 'APPENDUID' ? /^\d{1,10} (\d{1,10})$/.exec(codeArguments ?? '')?.[1] : undefined
  return { stored: true, ...(uid === undefined ? {} : { uid: Number(uid) }) }
}

async function mailFolders(session: Session): Promise<readonly string[]> {
  const { folders } = await readListing(session)
  return folders.filter(({ selectable }) => selectable).map(({ wire }) => wire)
}

async function foundIn(
  session: Session,
  folder: string,
  { messageId, hashes }: SoughtMessage,
  signal: AbortSignal | undefined,
  verb: 'EXAMINE' | 'SELECT' = 'EXAMINE',
): Promise<readonly FoundMessage[]> {
  const opened = await openFolder(session, folder, verb).catch(ifMissing)
  if (opened === undefined || opened.exists === 0) return []
  const uids = await searchMessageId(session, messageId)
  if (countOf(uids) === 0) return []
  const found: FoundMessage[] = []
  await hashMessages(session, uids, { shared: sharedLimits(), signal }, ({ uid, hash }) => {
    if (hashes?.includes(hash) ?? true) found.push({ folder, uid })
  })
  return found
}

async function removeAll(
  session: Session,
  message: KnownMessage,
  signal: AbortSignal | undefined,
): Promise<number> {
  // Without it EXPUNGE would take along whatever else is marked as deleted.
  if (!canExpunge(session))
    throw new ImapSyncError(
      'refused',
      `${session.side}: the server cannot remove single messages (no UIDPLUS)`,
    )
  const target = MirrorTarget.open(session, 'mirror')
  let removed = 0
  for (const folder of await mailFolders(session)) {
    const found = await foundIn(session, folder, message, signal, 'SELECT')
    if (found.length === 0) continue
    await expunge(target, rangesOf(found.map(({ uid }) => uid)))
    removed += found.length
  }
  return removed
}
