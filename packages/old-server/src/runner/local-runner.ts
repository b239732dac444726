import { randomUUID } from 'node:crypto'
import { chmod, chown, open, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { maxFileBytes, type Runner, RunnerError } from './runner.ts'
import { commandFailed } from './command-failed.ts'
import { spawnCommand } from './spawn.ts'
import { streamCommand } from './stream.ts'

export interface LocalRunnerOptions {
  /** Folders where commands are looked for first, before those of `PATH`. */
  readonly path?: readonly string[]
}

/** Files and commands of this machine. Administrators' folders are searched too, as a plain user's `PATH` lacks them. */
export function localRunner(options: LocalRunnerOptions = {}): Runner {
  const folders = [
    ...(options.path ?? []),
    process.env['PATH'] ?? '',
    '/usr/local/sbin',
    '/usr/sbin',
    '/sbin',
  ]
  const env = {
    ...process.env,
    PATH: folders.filter((folder) => folder !== '').join(path.delimiter),
    LC_ALL: 'C',
  }
  return {
    where: 'this machine',
    readFile: readText,
    writeFile: replaceFile,
    run: (argv, commandOptions) => spawnCommand(argv, { ...commandOptions, env }),
    stream: (argv, streamOptions) =>
      streamCommand(argv, {
        ...streamOptions,
        env,
        failure: (code, stderr) => commandFailed(argv[0], 'this machine', code, stderr),
      }),
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file)
    if (size > maxFileBytes)
      throw new RunnerError('limit', `${file} is larger than ${maxFileBytes / 1024 / 1024} MiB.`)
    return await readFile(file, 'latin1')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw asRunnerError(file, 'read', error)
  }
}

async function replaceFile(file: string, content: string): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}`)
  try {
    const before = await stat(file).catch(() => undefined)
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(content, 'latin1')
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (before !== undefined) await chown(temporary, before.uid, before.gid)
    await chmod(temporary, before === undefined ? 0o644 : before.mode & 0o7777)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw asRunnerError(file, 'written', error)
  }
}

function asRunnerError(file: string, what: string, error: unknown): RunnerError {
  if (error instanceof RunnerError) return error
  return new RunnerError('file', `${file} cannot be ${what} (${codeOf(error) ?? String(error)}).`, {
    cause: error,
  })
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
