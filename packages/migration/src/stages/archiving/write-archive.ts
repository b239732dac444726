import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { isImapSyncError, type MailboxReader, MessageHasher, type StoredMessage } from '@iteg/imap-sync'
import { type Header, pack as tarPack, type Pack } from 'tar-stream'
import { UsageError } from '../errors.ts'
import { withoutSide } from '../sentence.ts'
import {
  type ArchivedFolder,
  type ArchivedMessage,
  type ArchiveManifest,
  folderPath,
  maildirFolder,
  MANIFEST_FILE,
  messagePath,
  partName,
} from './archive-format.ts'

/** What a list of messages holds at most: it is what an archive keeps in memory. */
const PART_MESSAGES = 1000
const PART_BYTES = 1024 * 1024
const DIRECTORY_MODE = 0o700
const FILE_MODE = 0o600

export interface WrittenArchive {
  readonly manifest: ArchiveManifest
  /** Of the file. */
  readonly bytes: number
  readonly sha256: string
}

export interface WriteArchiveOptions {
  readonly mailbox: string
  readonly at: Date
  /** Content of messages that are ours: left out. */
  readonly ours: ReadonlySet<string>
  readonly onMessage: (bytes: number) => void
  /** Called when the new file is complete, and the old one, if there is any, still in its place. */
  readonly beforeReplace: () => Promise<void>
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes all of a mailbox into a file that is there when it is complete, and not before: a crash leaves `FILE.part`, which the next run
 * begins anew. Memory: one list of messages, whatever the mailbox's size.
 */
export async function writeArchive(
  reader: MailboxReader,
  path: string,
  options: WriteArchiveOptions,
): Promise<WrittenArchive> {
  const part = `${path}.part`
  try {
    await rm(part, { force: true })
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    const handle = await open(part, flags, FILE_MODE)
    let written: WrittenArchive
    try {
      written = await writeInto(handle, reader, options)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await options.beforeReplace()
    await rename(part, path)
    await syncDirectory(dirname(path))
    return written
  } catch (error) {
    // After a crash the next run does it.
    await rm(part, { force: true }).catch(() => {})
    const code = diskCode(error)
    if (code === undefined) throw error
    throw new UsageError(`${path} cannot be written (${code}).`, {
      hint: 'Check rights and space, or name another folder with --out.',
      cause: error,
    })
  }
}

/** Of the file system's errors, not of a connection's. */
function diskCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return 'path' in error || ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'].includes(error.code) ? error.code : undefined
}

async function writeInto(
  handle: FileHandle,
  reader: MailboxReader,
  options: WriteArchiveOptions,
): Promise<WrittenArchive> {
  const { signal } = options
  const tar = tarPack()
  const sha256 = createHash('sha256')
  let bytes = 0
  const packed = createGzip({ level: 4 })
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of packed) {
      if (!(chunk instanceof Buffer)) continue
      sha256.update(chunk)
      bytes += chunk.length
      yield chunk
    }
  }
  const stream = Promise.all([
    pipeline(chunksOf(tar), packed, signal === undefined ? {} : { signal }),
    handle.writeFile(counted()).catch((error: unknown) => {
      packed.destroy()
      throw error
    }),
  ])
  // Its error also ends whatever waits to write; it must not be unhandled meanwhile.
  stream.catch(() => {})
  const writer = new ArchiveWriter(tar, stream, options)
  try {
    const manifest = await writer.write(reader)
    tar.finalize()
    await stream
    return { manifest, bytes, sha256: sha256.digest('hex') }
  } catch (error) {
    tar.destroy()
    await stream.catch(() => {})
    signal?.throwIfAborted()
    throw error
  }
}

/** Not a stream of Node's: what its pipeline may ask of it is this. */
async function* chunksOf(tar: Pack): AsyncGenerator<Uint8Array> {
  for await (const chunk of tar) if (chunk instanceof Uint8Array) yield chunk
}

class ArchiveWriter {
  readonly #tar: Pack
  readonly #stream: Promise<unknown>
  readonly #options: WriteArchiveOptions
  readonly #parts: string[] = []
  #lines: string[] = []
  #lineBytes = 0

  constructor(tar: Pack, stream: Promise<unknown>, options: WriteArchiveOptions) {
    this.#tar = tar
    this.#stream = stream
    this.#options = options
  }

  async write(reader: MailboxReader): Promise<ArchiveManifest> {
    const { listing } = reader
    const { mailbox, at } = this.#options
    const folders: ArchivedFolder[] = []
    for (const folder of listing.folders) {
      const { wire, name, separator, attributes, role, subscribed, selectable } = folder
      const base = {
        wire,
        name,
        ...(separator === undefined ? {} : { separator }),
        attributes: [...attributes],
        ...(role === undefined ? {} : { role }),
        subscribed,
        selectable,
      }
      const isVirtual = attributes.some((attribute) => VIRTUAL.has(attribute))
      if (!selectable || isVirtual) {
        folders.push({ ...base, ...NOTHING, ...(isVirtual ? { leftOut: 'virtual' as const } : {}) })
        continue
      }
      const opened = await reader.open(wire).catch(refusal)
      if ('reason' in opened) {
        folders.push({ ...base, ...NOTHING, leftOut: 'refused', reason: opened.reason })
        continue
      }
      const directory = maildirFolder(folder)
      await this.#makeMaildir(directory)
      const counts = await this.#writeMessages(wire, directory, opened.messages)
      folders.push({ ...base, directory, uidValidity: opened.uidValidity, ...counts })
    }
    for (const { wire, name, separator, attributes, subscribed, selectable } of listing.foreign)
      folders.push({
        wire,
        name,
        ...(separator === undefined ? {} : { separator }),
        attributes: [...attributes],
        subscribed,
        selectable,
        leftOut: 'shared',
        ...NOTHING,
      })
    await this.#endPart()
    const sum = (pick: (folder: ArchivedFolder) => number): number =>
      folders.reduce((total, folder) => total + pick(folder), 0)
    const manifest: ArchiveManifest = {
      schema: 'mailmove.archive-manifest/1',
      mailbox,
      at: at.toISOString(),
      personal: namespaceOf(listing.personal),
      others: listing.others.map(namespaceOf),
      folders,
      messages: sum(({ messages }) => messages),
      bytes: sum((folder) => folder.bytes),
      notices: sum(({ notices }) => notices),
      unreadable: sum(({ unreadable }) => unreadable.length),
      parts: this.#parts,
    }
    await this.#putText(MANIFEST_FILE, `${JSON.stringify(manifest, undefined, 1)}\n`)
    return manifest
  }

  async #writeMessages(
    wire: string,
    directory: string,
    messages: Awaited<ReturnType<MailboxReader['open']>>['messages'],
  ): Promise<Pick<ArchivedFolder, 'messages' | 'bytes' | 'notices' | 'unreadable'>> {
    const { ours, signal, onMessage } = this.#options
    let count = 0
    let bytes = 0
    let notices = 0
    const unreadable: number[] = []
    for await (const message of messages) {
      signal?.throwIfAborted()
      if (message.kind === 'unreadable') {
        unreadable.push(message.uid)
        continue
      }
      // A notice of ours always comes whole: see `wholeUpTo` where the mailbox is opened.
      if (ours.size > 0 && message.whole !== undefined && ours.has(hashOf(message.whole))) {
        notices += 1
        continue
      }
      const hash = await this.#putMessage(wire, directory, message)
      count += 1
      bytes += message.size
      onMessage(message.size)
      if (hash.lines >= PART_MESSAGES || this.#lineBytes >= PART_BYTES) await this.#endPart()
    }
    return { messages: count, bytes, notices, unreadable }
  }

  async #putMessage(
    folder: string,
    directory: string,
    { uid, flags, date, size, chunks }: StoredMessage,
  ): Promise<{ readonly lines: number }> {
    const seconds = Math.max(0, date?.seconds ?? 0)
    const path = messagePath(directory, { uid, size, flags, seconds })
    const hasher = new MessageHasher()
    await this.#put({ name: path, size, mtime: new Date(seconds * 1000) }, chunks, (chunk) =>
      hasher.update(chunk),
    )
    const line: ArchivedMessage = {
      path,
      folder,
      uid,
      hash: hasher.digest(),
      bytes: size,
      flags: [...flags],
      ...(date === undefined ? {} : { date }),
    }
    const text = JSON.stringify(line)
    this.#lineBytes += text.length
    return { lines: this.#lines.push(text) }
  }

  async #endPart(): Promise<void> {
    if (this.#lines.length === 0) return
    const text = `${this.#lines.join('\n')}\n`
    this.#lines = []
    this.#lineBytes = 0
    await this.#putText(partName(this.#parts.length), text)
    this.#parts.push(createHash('sha256').update(text).digest('hex'))
  }

  async #makeMaildir(directory: string): Promise<void> {
    const path = folderPath(directory)
    for (const name of [path, `${path}/cur`, `${path}/new`, `${path}/tmp`])
      await this.#put({ name, type: 'directory', mode: DIRECTORY_MODE, mtime: this.#options.at }, [])
  }

  #putText(name: string, text: string): Promise<void> {
    const bytes = Buffer.from(text)
    return this.#put({ name, size: bytes.length, mtime: this.#options.at }, [bytes])
  }

  /** One entry. Chunks are copied: they may be overwritten before they are packed. */
  async #put(
    header: Pick<Header, 'name'> & Partial<Header>,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    see?: (chunk: Uint8Array) => void,
  ): Promise<void> {
    const settled = settling()
    const entry = this.#tar.entry({ mode: FILE_MODE, ...header }, settled.done)
    if (header.type === 'directory') return this.#orFailure(settled.promise)
    for await (const chunk of chunks) {
      see?.(chunk)
      if (entry.write(Buffer.from(chunk))) continue
      const drained = new Promise<void>((resolve) => entry.once('drain', () => resolve()))
      await this.#orFailure(Promise.race([drained, settled.promise]))
    }
    entry.end(null)
    await this.#orFailure(settled.promise)
  }

  /** When the file cannot be written, nothing drains any more. */
  async #orFailure(step: Promise<void>): Promise<void> {
    await Promise.race([step, this.#stream.then(() => step)])
  }
}

/** A callback as a promise, whose rejection never counts as unhandled. */
function settling(): { readonly promise: Promise<void>; readonly done: (error?: Error | null) => void } {
  let settle: ((error?: Error | null) => void) | undefined
  const promise = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined || error === null ? resolve() : reject(error))
  })
  promise.catch(() => {})
  return { promise, done: (error) => settle?.(error) }
}

/** These speak of the moment, not of the folder. */
const PASSING: ReadonlySet<string> = new Set(['LIMIT', 'INUSE', 'UNAVAILABLE'])

/** One folder that a server never opens must not keep the others from being saved: it is named. */
function refusal(error: unknown): { readonly reason: string } {
  if (!isImapSyncError(error)) throw error
  const isOfFolder = error.code === 'folderMissing' || error.code === 'refused'
  if (!isOfFolder || PASSING.has(error.responseCode ?? '')) throw error
  return { reason: withoutSide(error.message) }
}

const NOTHING = { messages: 0, bytes: 0, notices: 0, unreadable: [] }
const VIRTUAL: ReadonlySet<string> = new Set(['\\all', '\\flagged', '\\important'])

function namespaceOf({
  prefix,
  separator,
}: {
  readonly prefix: string
  readonly separator: string | undefined
}): ArchiveManifest['personal'] {
  return { prefix, ...(separator === undefined ? {} : { separator }) }
}

function hashOf(chunks: Iterable<Uint8Array>): string {
  const hasher = new MessageHasher()
  for (const chunk of chunks) hasher.update(chunk)
  return hasher.digest()
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
