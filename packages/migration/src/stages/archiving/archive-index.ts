import { stat } from 'node:fs/promises'
import { z } from 'zod'
import type { ExportFolder } from '../exporting/export-folder.ts'
import { encodeFileName } from '../exporting/file-names.ts'
import type { WrittenArchive } from './write-archive.ts'

const SCHEMA = 'mailmove.archive-index/1'
const MAX_BYTES = 64 * 1024

/** What stands beside an archive once it is complete, and never before. */
const archiveIndex = z.object({
  schema: z.literal(SCHEMA),
  mailbox: z.string(),
  at: z.string(),
  folders: z.number(),
  messages: z.number(),
  bytes: z.number(),
  notices: z.number(),
  unreadable: z.number(),
  /** Folders that the old server did not open, for people. */
  refusedFolders: z.array(z.string()),
  fileBytes: z.number(),
  sha256: z.string(),
})
export type ArchiveIndex = z.infer<typeof archiveIndex>

export const archiveFile = (mailbox: string): string => `${encodeFileName(mailbox)}.tar.gz`
const indexFile = (mailbox: string): string => `${encodeFileName(mailbox)}.json`

/** The index of a complete archive; `undefined` when there is none, or the file beside it is not the one it describes. */
export async function completeArchive(
  folder: ExportFolder,
  mailbox: string,
): Promise<ArchiveIndex | undefined> {
  const bytes = await folder.read(indexFile(mailbox), MAX_BYTES)
  if (bytes === undefined) return undefined
  try {
    const parsed = archiveIndex.safeParse(JSON.parse(bytes.toString('utf8')))
    if (!parsed.success || parsed.data.mailbox !== mailbox) return undefined
    const { size } = await stat(folder.file(archiveFile(mailbox)))
    return size === parsed.data.fileBytes ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export async function putIndex(folder: ExportFolder, written: WrittenArchive): Promise<ArchiveIndex> {
  const { manifest, bytes: fileBytes, sha256 } = written
  const { mailbox, at, folders, messages, bytes, notices, unreadable } = manifest
  const index: ArchiveIndex = {
    schema: SCHEMA,
    mailbox,
    at,
    folders: folders.filter(({ directory }) => directory !== undefined).length,
    messages,
    bytes,
    notices,
    unreadable,
    refusedFolders: folders.filter(({ leftOut }) => leftOut === 'refused').map(({ name }) => name),
    fileBytes,
    sha256,
  }
  await folder.put(indexFile(mailbox), `${JSON.stringify(index, undefined, 1)}\n`)
  return index
}

/** Before its archive is replaced: what is described no longer is. */
export async function withdrawIndex(folder: ExportFolder, mailbox: string): Promise<void> {
  await folder.remove(indexFile(mailbox))
}

/** Nothing of the mailbox is missing in it. */
export function isWhole({ unreadable, refusedFolders }: ArchiveIndex): boolean {
  return unreadable === 0 && refusedFolders.length === 0
}
