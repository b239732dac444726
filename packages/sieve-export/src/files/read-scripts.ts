import { opendir, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { ScriptFilesError } from './errors.ts'
import { codeOf, type FileContent, isWithin, readBounded, type Refusal } from './read-file.ts'

/** A script as a server keeps it. */
export interface StoredScript {
  /** The name that ManageSieve would show; a script that is active without being stored is named after its file. */
  readonly name: string
  readonly content: Uint8Array
  readonly active: boolean
  /** False: active, but ManageSieve does not list it (a regular file where a link to a stored script belongs). */
  readonly listed: boolean
  /** Absolute. */
  readonly file: string
}

/** A file that was not read, and why. */
export interface ScriptFileProblem {
  readonly file: string
  readonly reason: Refusal | 'brokenLink' | 'undecodableName'
  /** One sentence. */
  readonly message: string
}

export interface StoredScripts {
  /** By name. */
  readonly scripts: readonly StoredScript[]
  readonly problems: readonly ScriptFileProblem[]
}

export interface ReadFolderOptions {
  /** Default 4 MiB. */
  readonly maxScriptBytes?: number
  /** Default 1,000. */
  readonly maxScripts?: number
  readonly signal?: AbortSignal
}

export interface ReadScriptsOptions extends ReadFolderOptions {
  /** Where the scripts lie, below `home` or absolute. Default `sieve` (Pigeonhole `sieve_dir`). */
  readonly directory?: string
  /** The link to the active one, or the active script itself. Default `.dovecot.sieve`. */
  readonly active?: string
}

const suffix = '.sieve'

/**
 * Reads a user's scripts from the disk, in the layouts of Dovecot (Pigeonhole): `sieve/NAME.sieve` with a link
 * `.dovecot.sieve` to the active one, or `.dovecot.sieve` as a file of its own. Nothing is followed out of the user's
 * folders, nothing is written. A user without any script has none: that is no error.
 *
 * Rejects with `ScriptFilesError` (`missing`: there is no `home`), or the signal's reason.
 */
export async function readScripts(home: string, options: ReadScriptsOptions = {}): Promise<StoredScripts> {
  const { directory = 'sieve', active = '.dovecot.sieve', signal } = options
  signal?.throwIfAborted()
  const root = await realFolder(home)
  if (root === undefined) throw new ScriptFilesError('missing', `there is no folder ${home}`)
  const folder = await realFolder(path.resolve(root, directory))
  const reading = new Reading(options)
  // What an admin names outside of the home is his decision; a link of the user's out of it is not.
  const isOwn = folder !== undefined && (path.isAbsolute(directory) || isWithin(root, folder))
  if (folder !== undefined && !isOwn) reading.refuse(path.resolve(root, directory), 'outside')
  if (folder !== undefined && isOwn) await reading.folder(folder)
  signal?.throwIfAborted()
  await reading.active(path.resolve(root, active), root, isOwn ? folder : undefined)
  return reading.result()
}

/**
 * Reads a folder of scripts that are nobody's own: those that users include as `:global`, or that run before and after
 * theirs. None of them is active. Rejects as {@link readScripts} does.
 */
export async function readScriptFolder(
  folder: string,
  options: ReadFolderOptions = {},
): Promise<StoredScripts> {
  options.signal?.throwIfAborted()
  const real = await realFolder(folder)
  if (real === undefined) throw new ScriptFilesError('missing', `there is no folder ${folder}`)
  const reading = new Reading(options)
  await reading.folder(real)
  return reading.result()
}

class Reading {
  readonly scripts = new Map<string, StoredScript>()
  readonly problems: ScriptFileProblem[] = []
  readonly #maxBytes: number
  readonly #maxScripts: number
  readonly #signal: AbortSignal | undefined

  constructor({ maxScriptBytes = 4 * 1024 * 1024, maxScripts = 1000, signal }: ReadFolderOptions) {
    this.#maxBytes = maxScriptBytes
    this.#maxScripts = maxScripts
    this.#signal = signal
  }

  result(): StoredScripts {
    const scripts = [...this.scripts.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1))
    return { scripts, problems: this.problems }
  }

  async folder(folder: string): Promise<void> {
    for (const entry of await entriesOf(folder, this.#maxScripts)) {
      this.#signal?.throwIfAborted()
      await this.stored(folder, entry)
    }
  }

  refuse(file: string, reason: ScriptFileProblem['reason']): void {
    this.problems.push({ file, reason, message: `${file} ${sentences[reason]}` })
  }

  /** One entry of the scripts' folder; a link in it may lead to another file of the same folder. */
  async stored(folder: string, entry: Buffer): Promise<void> {
    const base = entry.toString('utf8')
    const file = path.join(folder, base)
    if (!Buffer.from(base, 'utf8').equals(entry)) return this.refuse(file, 'undecodableName')
    const target = await this.#target(file, folder)
    if (target === undefined) return
    const read = await this.#read(folder, target)
    if ('refusal' in read) return this.#refuseUnlessGone(file, read.refusal)
    const name = base.slice(0, -suffix.length)
    this.scripts.set(name, { name, content: read.content, active: false, listed: true, file })
  }

  /** The link to the active script, or a script in its place. */
  async active(file: string, root: string, folder: string | undefined): Promise<void> {
    const link = await linkOf(file)
    if (link === undefined) return this.#activeFile(file, path.dirname(file))
    const named = path.basename(link)
    const name = named.endsWith(suffix) ? named.slice(0, -suffix.length) : named
    const known = this.scripts.get(name)
    const real = await realFile(path.resolve(path.dirname(file), link))
    if (real === undefined) return this.refuse(file, 'brokenLink')
    if (known !== undefined && folder !== undefined && path.dirname(real) === folder) {
      this.scripts.set(name, { ...known, active: true })
      return
    }
    if (!isWithin(root, real) && !(folder !== undefined && isWithin(folder, real)))
      return this.refuse(file, 'outside')
    return this.#activeFile(real, root)
  }

  async #activeFile(file: string, directory: string): Promise<void> {
    const folder = await realFolder(directory)
    const read = folder === undefined ? { refusal: 'gone' as const } : await this.#read(folder, file)
    if ('refusal' in read) return this.#refuseUnlessGone(file, read.refusal)
    const base = path.basename(file).replace(/^\./, '')
    const wanted = base.endsWith(suffix) ? base.slice(0, -suffix.length) : base
    let name = wanted
    for (let count = 2; this.scripts.has(name); count += 1) name = `${wanted} (${count})`
    this.scripts.set(name, { name, content: read.content, active: true, listed: false, file })
  }

  async #read(directory: string, file: string): Promise<FileContent> {
    try {
      return await readBounded(directory, file, this.#maxBytes)
    } catch (error) {
      throw filesError(file, error)
    }
  }

  /** Where a stored script really is; `undefined` when it is none. */
  async #target(file: string, folder: string): Promise<string | undefined> {
    const link = await linkOf(file)
    if (link === undefined) return file
    const real = await realFile(path.resolve(folder, link))
    if (real !== undefined && path.dirname(real) === folder) return real
    this.refuse(file, real === undefined ? 'brokenLink' : 'outside')
    return undefined
  }

  #refuseUnlessGone(file: string, reason: Refusal): void {
    if (reason !== 'gone') this.refuse(file, reason)
  }
}

const sentences: Readonly<Record<ScriptFileProblem['reason'], string>> = {
  gone: 'is not there.',
  denied: 'may not be read.',
  notAFile: 'is no ordinary file.',
  outside: "leads out of the user's folder and was not followed.",
  tooLarge: 'is larger than any script may be.',
  brokenLink: 'is a link to something that is not there.',
  undecodableName: 'has a name that is no UTF-8 text.',
}

/** Names that end as a script's do, as bytes: a name that is no text must not be taken for another one. */
async function entriesOf(folder: string, maxScripts: number): Promise<readonly Buffer[]> {
  const entries: Buffer[] = []
  try {
    // Latin-1 keeps every byte of a name, whatever it is.
    for await (const { name } of await opendir(folder, { encoding: 'latin1' })) {
      const bytes = Buffer.from(name, 'latin1')
      if (!bytes.subarray(-suffix.length).equals(Buffer.from(suffix)) || bytes[0] === 46) continue
      entries.push(bytes)
      if (entries.length > maxScripts)
        throw new ScriptFilesError('limit', `${folder} holds more than ${maxScripts} scripts`)
    }
  } catch (error) {
    throw filesError(folder, error)
  }
  return entries.toSorted((one, other) => Buffer.compare(one, other))
}

async function realFolder(folder: string): Promise<string | undefined> {
  try {
    return await realpath(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    throw filesError(folder, error)
  }
}

async function realFile(file: string): Promise<string | undefined> {
  try {
    return await realpath(file)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined
    throw filesError(file, error)
  }
}

/** What a link says; `undefined` for everything that is none. */
async function linkOf(file: string): Promise<string | undefined> {
  try {
    return await readlink(file)
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EINVAL' || code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw filesError(file, error)
  }
}

function filesError(file: string, error: unknown): unknown {
  if (error instanceof ScriptFilesError || codeOf(error) === undefined) return error
  const isDenied = codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM'
  return new ScriptFilesError(isDenied ? 'denied' : 'io', `${file} cannot be read`, { cause: error })
}
