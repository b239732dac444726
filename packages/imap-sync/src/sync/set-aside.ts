import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import path from 'node:path'
import { describeHeader, type HeaderDescription } from '../identity/describe-header.ts'

/** What a set-aside file is called: nothing of it comes from a message, and only safe characters from a folder's name. */
export function setAsideName(sourceWire: string, uidValidity: number, uid: number): string {
  const readable = sourceWire
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
  const exact = createHash('sha256').update(sourceWire).digest('hex').slice(0, 8)
  return `${readable === '' ? 'folder' : readable}-${exact}-${uidValidity}-${uid}.eml`
}

const headBytes = 64 * 1024

/**
 * Writes a message into a file of mode 0600 in `directory` (made with 0700 when missing). The name appears only when the
 * file is complete and on disk; an older file of that name is replaced.
 */
export async function writeSetAside(
  directory: string,
  name: string,
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<{ readonly bytes: number; readonly header: HeaderDescription }> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const final = path.join(directory, name)
  const temporary = `${final}.part`
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW
  const file = await open(temporary, flags, 0o600)
  const head: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of chunks) {
      if (bytes < headBytes) head.push(Buffer.from(chunk.subarray(0, headBytes - bytes)))
      bytes += chunk.length
      await file.writeFile(chunk)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, final)
  const folder = await open(directory, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
  return { bytes, header: describeHeader(Buffer.concat(head)) }
}
