import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type Runner, RunnerError } from '@iteg/old-server'
import type { RunTarget } from '../../config/index.ts'

/** What is older says nothing about what people use now. */
export const MAX_AGE_DAYS = 90
const DAY_MS = 86_400_000

export interface LogSource {
  readonly chunks: AsyncIterable<Uint8Array>
  /** When it was last written. */
  readonly before: Date
}

export interface LogPlace {
  /** `journal:`, `journal:UNIT`, or an absolute path. */
  readonly loginLog: string
  readonly run: RunTarget
  readonly runner: Runner
}

interface LogFile {
  readonly file: string
  readonly changedAt: Date
}

/** The log in pieces, oldest first; each is read as it comes and must be read before the next. */
export async function* loginLogSources(
  { loginLog, run, runner }: LogPlace,
  now: Date,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogSource> {
  const journal = /^journal:(.*)$/.exec(loginLog)
  if (journal !== null) {
    const unit = journal[1] || 'dovecot.service'
    const since = `-${MAX_AGE_DAYS}d`
    const argv = ['journalctl', '--unit', unit, '--output', 'export', '--since', since, '--no-pager'] as const
    yield { chunks: runner.stream(argv, { signal }), before: now }
    return
  }
  const isHere = run.kind === 'local'
  const found = isHere ? await filesHere(loginLog) : await filesThere(runner, loginLog, signal)
  for (const { file, changedAt } of recent(found, loginLog, now)) {
    const isPacked = file.endsWith('.gz')
    if (isHere) {
      const stream = createReadStream(file)
      // A broken archive ends the reading with its error; the pipeline closes the file.
      yield { chunks: isPacked ? pipeline(stream, createGunzip(), () => {}) : stream, before: changedAt }
    } else {
      const argv = isPacked ? (['gzip', '-dc', '--', file] as const) : (['cat', '--', file] as const)
      yield { chunks: runner.stream(argv, { signal }), before: changedAt }
    }
  }
}

/** The log and what logrotate left of it (`.1`, `.2.gz`, `-20261101`), oldest first, as far as it is of these months. */
function recent(files: readonly LogFile[], path: string, now: Date): readonly LogFile[] {
  return files
    .filter(
      ({ file, changedAt }) => file === path || now.getTime() - changedAt.getTime() < MAX_AGE_DAYS * DAY_MS,
    )
    .toSorted((one, other) => one.changedAt.getTime() - other.changedAt.getTime())
}

function isRotated(name: string, entry: string): boolean {
  return entry.startsWith(name) && /^(?:\.\d{1,4}|-\d{6,10})(?:\.gz)?$/.test(entry.slice(name.length))
}

async function filesHere(path: string): Promise<readonly LogFile[]> {
  const { dir, base } = posix.parse(path)
  const files = [path]
  await stat(path)
  for (const entry of await readdir(dir)) if (isRotated(base, entry)) files.push(posix.join(dir, entry))
  return Promise.all(files.map(async (file) => ({ file, changedAt: (await stat(file)).mtime })))
}

async function filesThere(
  runner: Runner,
  path: string,
  signal: AbortSignal | undefined,
): Promise<readonly LogFile[]> {
  const { dir, base } = posix.parse(path)
  if (!posix.isAbsolute(path))
    throw new RunnerError('file', `${path} is no absolute path, as it has to be on ${runner.where}.`)
  const argv = ['find', '-L', dir, '-maxdepth', '1', '-type', 'f', '-printf', String.raw`%T@ %f\0`] as const
  const { stdout } = await runner.run(argv, { signal })
  const files = stdout.split('\0').flatMap((line): readonly LogFile[] => {
    const [, seconds = '', entry = ''] = /^(\d+)\S* (.+)$/s.exec(line) ?? []
    return entry === base || isRotated(base, entry)
      ? [{ file: posix.join(dir, entry), changedAt: new Date(Number(seconds) * 1000) }]
      : []
  })
  if (files.every(({ file }) => file !== posix.normalize(path)))
    throw new RunnerError('file', `${path} is not on ${runner.where}, or cannot be read there.`)
  return files
}
