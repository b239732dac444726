import { open, readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'

/** Whether two folders hold the same files; one that is missing is not the same as any. Flat folders only. */
export async function sameFolders(one: string, other: string): Promise<boolean> {
  const [names, others] = await Promise.all(
    [one, other].map((folder) => readdir(folder).catch(() => undefined)),
  )
  if (names === undefined || others === undefined || names.length !== others.length) return false
  for (const name of names)
    if (!others.includes(name) || !(await sameFiles(path.join(one, name), path.join(other, name))))
      return false
  return true
}

async function sameFiles(one: string, other: string): Promise<boolean> {
  const sizes = await Promise.all([one, other].map(async (file) => (await stat(file)).size))
  if (sizes[0] !== sizes[1]) return false
  await using first = await open(one, 'r')
  await using second = await open(other, 'r')
  const buffers = [Buffer.alloc(64 * 1024), Buffer.alloc(64 * 1024)] as const
  for (;;) {
    const { bytesRead } = await first.read(buffers[0])
    // files come whole, or not at all: both are on one disk
    await second.read(buffers[1], 0, bytesRead)
    if (bytesRead === 0) return true
    if (!buffers[0].subarray(0, bytesRead).equals(buffers[1].subarray(0, bytesRead))) return false
  }
}

/** Whether a file holds just this text. */
export async function holds(file: string, text: string): Promise<boolean> {
  return (await readFile(file, 'utf8').catch(() => undefined)) === text
}
