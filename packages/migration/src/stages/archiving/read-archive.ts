import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { MessageHasher } from '@iteg/imap-sync'
import { type Extract, extract as tarExtract } from 'tar-stream'
import { UsageError } from '../errors.ts'
import type { StageOptions } from '../options.ts'
import {
  archivedMessage,
  type ArchivedMessage,
  archiveManifest,
  type ArchiveManifest,
  MAILDIR,
  MANIFEST_FILE,
  MAX_MANIFEST_BYTES,
  MAX_PART_BYTES,
  partName,
} from './archive-format.ts'

type Entry = Extract extends AsyncIterable<infer Item> ? Item : never

/** More messages than a list names; more would only be there to fill our memory. */
const MAX_UNLISTED = 10_000

const READ_BYTES = 256 * 1024

/** What a message is, without its content and path. */
export type ArchivedFacts = Omit<ArchivedMessage, 'path'>

/** An archive that was read from its first byte to its last and is what its manifest says. Close it (or `await using`). */
export interface CheckedArchive extends AsyncDisposable {
  readonly path: string
  readonly manifest: ArchiveManifest
  /** By path in the archive, in its order. */
  readonly messages: ReadonlyMap<string, ArchivedFacts>
  /** Reads the same file again: its messages, in order. Each content is to be read to its end before the next. */
  contents(options?: StageOptions): AsyncIterable<{
    readonly facts: ArchivedFacts
    readonly chunks: AsyncIterable<Uint8Array>
  }>
}

/**
 * Opens an archive and checks it as a whole: every message's content against the manifest, every list against its digest, nothing missing,
 * nothing more. Nothing is unpacked to the disk. Rejects with `UsageError`, which names the file, when anything is not as it should be.
 */
export async function openArchive(path: string, options: StageOptions = {}): Promise<CheckedArchive> {
  const handle = await openFile(path)
  try {
    const { manifest, messages } = await checked(path, handle, options)
    return {
      path,
      manifest,
      messages,
      contents: (more = {}) => contentsOf(path, handle, messages, more),
      [Symbol.asyncDispose]: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    options.signal?.throwIfAborted()
    // In the midst of a message it ends in whoever reads that message.
    throw unreadable(path, error)
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if ((await handle.stat()).isFile()) return handle
    await handle.close()
    throw refused(path, 'it is not a file')
  } catch (error) {
    if (error instanceof UsageError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new UsageError(`${path} cannot be opened (${code}).`, { cause: error })
  }
}

async function checked(
  path: string,
  handle: FileHandle,
  options: StageOptions,
): Promise<{ readonly manifest: ArchiveManifest; readonly messages: ReadonlyMap<string, ArchivedFacts> }> {
  const messages = new Map<string, ArchivedFacts>()
  const parts: string[] = []
  let unlisted: { readonly path: string; readonly hash: string; readonly bytes: number }[] = []
  let manifest: ArchiveManifest | undefined
  for await (const entry of entriesOf(path, handle, options)) {
    const { name, size, type } = entry.header
    if (manifest !== undefined) throw refused(path, `something follows its manifest: ${shown(name)}`)
    if (type === 'directory') continue
    if (type !== 'file') throw refused(path, `${shown(name)} is neither a file nor a folder`)
    if (name === MANIFEST_FILE) {
      manifest = parsed(path, name, await textOf(path, entry, MAX_MANIFEST_BYTES), archiveManifest)
    } else if (name === partName(parts.length)) {
      const text = await textOf(path, entry, MAX_PART_BYTES)
      parts.push(createHash('sha256').update(text).digest('hex'))
      const lines = text.split('\n').slice(0, -1)
      if (lines.length !== unlisted.length) throw refused(path, `${name} does not fit the messages before it`)
      for (const [index, line] of lines.entries()) {
        const message = parsed(path, name, line, archivedMessage)
        const found = unlisted[index]
        if (found?.path !== message.path || found.bytes !== message.bytes || found.hash !== message.hash)
          throw refused(path, `${shown(found?.path ?? message.path)} is not what the manifest says`)
        if (messages.has(message.path)) throw refused(path, `${shown(message.path)} is there twice`)
        const { path: where, ...facts } = message
        messages.set(where, facts)
      }
      unlisted = []
    } else if (name.startsWith(`${MAILDIR}/`)) {
      const hasher = new MessageHasher()
      for await (const chunk of bytesOf(entry)) hasher.update(chunk)
      unlisted.push({ path: name, hash: hasher.digest(), bytes: size })
      if (unlisted.length > MAX_UNLISTED) throw refused(path, 'it holds messages that no list names')
    } else throw refused(path, `${shown(name)} does not belong into it`)
  }
  if (manifest === undefined) throw refused(path, 'its end is missing')
  if (unlisted.length > 0) throw refused(path, 'it holds messages that no list names')
  const bytes = [...messages.values()].reduce((sum, message) => sum + message.bytes, 0)
  const holding = new Set(
    manifest.folders.flatMap(({ wire, directory }) => (directory === undefined ? [] : [wire])),
  )
  if ([...messages.values()].some(({ folder }) => !holding.has(folder)))
    throw refused(path, 'it holds messages of folders that its manifest does not name')
  if (
    manifest.parts.length !== parts.length ||
    manifest.parts.some((digest, index) => digest !== parts[index]) ||
    manifest.messages !== messages.size ||
    manifest.bytes !== bytes
  )
    throw refused(path, 'its lists are not those that its manifest names')
  return { manifest, messages }
}

async function* contentsOf(
  path: string,
  handle: FileHandle,
  messages: ReadonlyMap<string, ArchivedFacts>,
  options: StageOptions,
): AsyncGenerator<{ readonly facts: ArchivedFacts; readonly chunks: AsyncIterable<Uint8Array> }> {
  for await (const entry of entriesOf(path, handle, options)) {
    const facts = messages.get(entry.header.name)
    if (facts === undefined) continue
    if (entry.header.size !== facts.bytes) throw refused(path, 'it changes while it is read')
    yield { facts, chunks: bytesOf(entry) }
  }
}

async function* entriesOf(path: string, handle: FileHandle, { signal }: StageOptions): AsyncGenerator<Entry> {
  const tar = tarExtract()
  const unpacked = createGunzip()
  const stream = Promise.all([
    pipeline(bytesIn(handle), unpacked, signal === undefined ? {} : { signal }),
    feed(tar, unpacked),
  ])
  stream.catch((error: unknown) => tar.destroy(error instanceof Error ? error : undefined))
  try {
    for await (const entry of tar) {
      yield entry
      entry.resume()
    }
    await stream
  } catch (error) {
    signal?.throwIfAborted()
    throw unreadable(path, error)
  } finally {
    tar.destroy()
    unpacked.destroy()
  }
}

/** From the beginning; the file stays open. */
async function* bytesIn(handle: FileHandle): AsyncGenerator<Buffer> {
  let position = 0
  for (;;) {
    const room = Buffer.allocUnsafe(READ_BYTES)
    const { bytesRead } = await handle.read(room, 0, READ_BYTES, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield room.subarray(0, bytesRead)
  }
}

/** Not a stream of Node's: fed by hand, as fast as it takes. */
async function feed(tar: Extract, chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of chunks)
    if (!tar.write(chunk)) {
      const goesOn = await new Promise<boolean>((resolve) => {
        const drained = (): void => settle(true)
        const closed = (): void => settle(false)
        const settle = (value: boolean): void => {
          tar.removeListener('drain', drained)
          tar.removeListener('close', closed)
          resolve(value)
        }
        tar.once('drain', drained)
        tar.once('close', closed)
      })
      if (!goesOn) return
    }
  tar.end(null)
}

async function* bytesOf(entry: Entry): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry) if (chunk instanceof Uint8Array) yield chunk
}

async function textOf(path: string, entry: Entry, maxBytes: number): Promise<string> {
  if (entry.header.size > maxBytes) throw refused(path, `${shown(entry.header.name)} is too large`)
  const chunks: Uint8Array[] = []
  for await (const chunk of bytesOf(entry)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function parsed<Value>(
  path: string,
  name: string,
  text: string,
  schema: { safeParse(value: unknown): { success: true; data: Value } | { success: false } },
): Value {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refused(path, `${shown(name)} cannot be read`)
  }
  const result = schema.safeParse(value)
  if (!result.success) throw refused(path, `${shown(name)} is no list of an archive`)
  return result.data
}

function unreadable(path: string, error: unknown): UsageError {
  if (error instanceof UsageError) return error
  const reason = error instanceof Error ? error.message : 'unreadable'
  return refused(path, `it is damaged or cut off (${shown(reason)})`, error)
}

function refused(path: string, reason: string, cause?: unknown): UsageError {
  return new UsageError(`${path} is refused: ${reason}.`, {
    hint: 'Take another copy of the archive, or make it again with: mailmove archive DOMAIN --again',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Names come out of the file. */
function shown(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?').slice(0, 200)
}
