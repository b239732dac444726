import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UsageError } from '../errors.ts'

/** What a run of an export changed on the disk, file by file. */
export type FileChange = 'written' | 'unchanged'

/**
 * A folder of an export that is ours alone: 0700, files 0600, each replaced as a whole and on the disk when it resolves.
 * Nothing is followed: what is a link where a folder or file of ours belongs is refused.
 */
export class ExportFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /** The folder that the admin named. One that exists keeps its rights: it may be used for other things too. */
  static async root(path: string): Promise<ExportFolder> {
    try {
      await mkdir(path, { recursive: true, mode: 0o700 })
      const stats = await lstat(path)
      // Here a link is the admin's own; below, it would be somebody else's.
      if (!stats.isDirectory() && !stats.isSymbolicLink())
        throw new UsageError(`${path} is not a folder.`, { hint: 'Name another one with --out.' })
    } catch (error) {
      throw usage(path, error)
    }
    return new ExportFolder(path)
  }

  /** A folder below; `name` comes from `encodeFileName` or is our own. Made when it is missing. */
  async folder(name: string): Promise<ExportFolder> {
    const path = join(this.path, name)
    try {
      await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error
      })
      const stats = await lstat(path)
      if (!stats.isDirectory())
        throw new UsageError(`${path} is in the way: it is not a folder.`, { hint: 'Move it away.' })
      if ((stats.mode & 0o077) !== 0 && process.platform !== 'win32') await chmod(path, 0o700)
    } catch (error) {
      throw usage(path, error)
    }
    return new ExportFolder(path)
  }

  /** Whether there is anything of that name. */
  async has(name: string): Promise<boolean> {
    try {
      await lstat(this.file(name))
      return true
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false
      throw usage(this.file(name), error)
    }
  }

  file(name: string): string {
    return join(this.path, name)
  }

  /** Writes a file, unless it holds just that. Durable when it resolves; a crash leaves the old one or the new one. */
  async put(name: string, content: Uint8Array | string): Promise<FileChange> {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
    const path = this.file(name)
    try {
      const present = await this.read(name, bytes.length)
      if (present?.equals(bytes) === true) return 'unchanged'
      await replace(path, bytes)
      return 'written'
    } catch (error) {
      throw usage(path, error)
    }
  }

  /** A file of ours of at most so many bytes; `undefined` when it is not there, larger, or no ordinary file. */
  async read(name: string, maxBytes: number): Promise<Buffer | undefined> {
    let handle: FileHandle
    try {
      handle = await open(this.file(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ELOOP') return undefined
      throw error
    }
    try {
      const stats = await handle.stat()
      if (!stats.isFile() || stats.size > maxBytes) return undefined
      if ((stats.mode & 0o077) !== 0 && process.platform !== 'win32') await handle.chmod(0o600)
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  }

  /** Removes what a run that was killed left half written. Only for folders that nobody else writes to now. */
  async sweep(): Promise<void> {
    try {
      for (const name of await readdir(this.path))
        if (unfinished.test(name)) await rm(this.file(name), { force: true })
    } catch (error) {
      throw usage(this.path, error)
    }
  }

  /** Removes a file of ours; one that is not there counts as removed. Resolves to whether it was. */
  async remove(name: string): Promise<boolean> {
    try {
      await rm(this.file(name))
      return true
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false
      throw usage(this.file(name), error)
    }
  }
}

/** No file of an export is called like this. */
const unfinished = /\.[0-9a-f]{16}\.tmp$/

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const next = `${path}.${randomBytes(8).toString('hex')}.tmp`
  try {
    const handle = await open(next, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(next, path)
  } catch (error) {
    await rm(next, { force: true })
    throw error
  }
  const directory = await open(dirname(path), constants.O_RDONLY)
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

/** What the file system says, in words of an admin: it is he who named the folder. */
function usage(path: string, error: unknown): unknown {
  const code = codeOf(error)
  if (error instanceof UsageError || code === undefined) return error
  return new UsageError(`${path} cannot be written (${code}).`, {
    hint: 'Check rights and space, or name another folder with --out.',
    cause: error,
  })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
