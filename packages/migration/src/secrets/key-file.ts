import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, link, open, realpath, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { SecretError } from './errors.ts'
import { KEY_BYTES, type SecretKey, secretKey } from './key.ts'

const HEADER = 'mailmove-key-1'
const COMMENT =
  '# Opens the initial passwords in the ledger of mailmove. Keep it out of workDir and its backups. Lost? mailmove password reset'
const MAX_FILE_BYTES = 4096

export interface KeyFileOptions {
  /** The working folder: a key that lies inside would go wherever the sealed secrets go. */
  readonly workDir: string
}

/**
 * Makes a new random key (256 bit) in a file of its own, mode 0600. Never overwrites: `key_exists`.
 * At no instant does an incomplete file have the name. Other errors: `key_inside_work_dir`, `key_inaccessible`.
 */
export async function createKeyFile(path: string, options: KeyFileOptions): Promise<void> {
  await refuseInside(path, options.workDir)
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}`)
  const bytes = randomBytes(KEY_BYTES)
  const text = `${COMMENT}\n${HEADER} ${bytes.toString('base64url')}\n`
  bytes.fill(0)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    // Unlike rename, link fails when the name is taken.
    await link(temporary, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    if (hasCode(cause, 'EEXIST'))
      throw new SecretError('key_exists', `the key file ${path} exists already and is left as it is`, {
        cause,
      })
    throw new SecretError('key_inaccessible', `the key file ${path} can't be made`, {
      cause,
      hint: `check that the folder ${dirname(resolve(path))} exists and can be written`,
    })
  } finally {
    await unlink(temporary).catch(() => undefined)
  }
}

/**
 * Reads the key. Refuses a file that other users can read (`key_readable_by_others`), that lies inside the working folder
 * (`key_inside_work_dir`, symbolic links followed) or does not hold a key (`key_malformed`); `key_missing`, `key_inaccessible`.
 */
export async function openKeyFile(path: string, options: KeyFileOptions): Promise<SecretKey> {
  await refuseInside(path, options.workDir)
  const file = await openForReading(path)
  try {
    // Of the file that is open, not of the name: nobody can put another one there in between.
    refuseUnsafe(path, await file.stat())
    return parseKey(path, await file.readFile('utf8'))
  } finally {
    await file.close()
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    // A FIFO in the place of the key must not hang us.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    if (hasCode(cause, 'ENOENT'))
      throw new SecretError('key_missing', `there is no key file ${path}`, {
        cause,
        hint: 'mailmove init makes one; if it was lost, make a new one and run mailmove password reset for mailboxes that have not got their password yet',
      })
    throw new SecretError('key_inaccessible', `the key file ${path} can't be read`, {
      cause,
      hint: `run mailmove as the owner of ${path}`,
    })
  }
}

function refuseUnsafe(path: string, stats: Stats): void {
  if (!stats.isFile() || stats.size > MAX_FILE_BYTES) throw malformed(path)
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0)
    throw new SecretError(
      'key_readable_by_others',
      `the key file ${path} is open to other users (mode ${(stats.mode & 0o777).toString(8).padStart(4, '0')})`,
      { hint: `run: chmod 600 ${path}` },
    )
}

function parseKey(path: string, text: string): SecretKey {
  const line = text.split('\n').find((each) => each.trim() !== '' && !each.startsWith('#'))
  const encoded = line === undefined ? undefined : new RegExp(`^${HEADER} ([\\w-]{43})\\s*$`).exec(line)?.[1]
  if (encoded === undefined) throw malformed(path)
  return secretKey(Buffer.from(encoded, 'base64url'))
}

function malformed(path: string): SecretError {
  return new SecretError('key_malformed', `${path} is not a key file of mailmove`, {
    hint: 'put the original back, or name another file as secrets.key and run mailmove init',
  })
}

async function refuseInside(path: string, workDir: string): Promise<void> {
  const folder = await realPath(workDir)
  const places = [await realPath(path), join(await realPath(dirname(resolve(path))), basename(path))]
  if (
    places.some((place) => place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep))
  )
    throw new SecretError(
      'key_inside_work_dir',
      `the key file ${path} lies inside the working folder ${workDir}`,
      {
        hint: 'move it next to mailmove.yaml and set secrets.key: whoever gets a backup of the working folder must not get the key with it',
      },
    )
}

/** With symbolic links resolved as far as the path exists. */
async function realPath(path: string): Promise<string> {
  const full = resolve(path)
  try {
    return await realpath(full)
  } catch {
    const parent = dirname(full)
    return parent === full ? full : join(await realPath(parent), basename(full))
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
