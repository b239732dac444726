import { constants } from 'node:fs'
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'

/** Why a file is not read. `gone`: it is not there (any more). */
export type Refusal = 'gone' | 'denied' | 'notAFile' | 'outside' | 'tooLarge'

export type FileContent = { readonly content: Buffer } | { readonly refusal: Refusal }

/**
 * Reads a regular file of at most `maxBytes`, below `directory` in truth and not only by name: users own these folders,
 * and whoever reads them may be root. Links are not followed here.
 */
export async function readBounded(directory: string, file: string, maxBytes: number): Promise<FileContent> {
  let handle: FileHandle
  try {
    // Not blocking: a FIFO would keep us waiting for its other end.
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    return { refusal: refusalOf(error) }
  }
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) return { refusal: 'notAFile' }
    if (stats.size > maxBytes) return { refusal: 'tooLarge' }
    if (!(await isBelow(directory, handle, file))) return { refusal: 'outside' }
    return await readUpTo(handle, maxBytes)
  } finally {
    await handle.close()
  }
}

/** The file may grow while we read it. */
async function readUpTo(handle: FileHandle, maxBytes: number): Promise<FileContent> {
  const chunks: Buffer[] = []
  let total = 0
  for (;;) {
    const buffer = Buffer.allocUnsafe(64 * 1024)
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, total)
    if (bytesRead === 0) return { content: Buffer.concat(chunks) }
    total += bytesRead
    if (total > maxBytes) return { refusal: 'tooLarge' }
    chunks.push(buffer.subarray(0, bytesRead))
  }
}

/** Of what was opened, not of what the name means by now: a folder on the way may have become a link in between. */
async function isBelow(directory: string, handle: FileHandle, file: string): Promise<boolean> {
  let real: string
  try {
    real = await readlink(`/proc/self/fd/${handle.fd}`)
  } catch {
    real = await realpath(file)
  }
  return isWithin(directory, real)
}

/** Both absolute and without links. */
export function isWithin(directory: string, file: string): boolean {
  const way = path.relative(directory, file)
  return way !== '' && way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way)
}

const refusals: Readonly<Record<string, Refusal>> = {
  ENOENT: 'gone',
  ENOTDIR: 'gone',
  EACCES: 'denied',
  EPERM: 'denied',
  // O_NOFOLLOW met a link; a folder; a socket, or a device without a driver.
  ELOOP: 'notAFile',
  EMLINK: 'notAFile',
  EISDIR: 'notAFile',
  ENXIO: 'notAFile',
  ENODEV: 'notAFile',
}

/** What an error of the file system says about one file; passes on what says something about the disk. */
function refusalOf(error: unknown): Refusal {
  const refusal = refusals[codeOf(error) ?? '']
  if (refusal === undefined) throw error
  return refusal
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
