import { spawn } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { type LoginProtocol, readLogins } from '@iteg/old-server'
import type { MasterConfig, OldConfig } from '../../config/index.ts'
import type { StageOptions } from '../options.ts'

/** Who logged in on the old server, as far back as its log goes. Logins of master users do not count. */
export interface LoginUsage {
  /** The first and the last login in the log; absent in an empty one. */
  readonly since?: Date
  readonly until?: Date
  /** By address: the last login of each protocol. */
  readonly mailboxes: ReadonlyMap<string, ReadonlyMap<LoginProtocol, Date>>
}

export interface LoginReading {
  /** Absent: there is no log to read, or none could be read. */
  readonly usage?: LoginUsage
  /** One sentence: what could not be read. */
  readonly problem?: string
}

/** Of the configuration. */
export interface LoginLogConfig {
  readonly file: string
  readonly old: Pick<OldConfig, 'loginLog' | 'run'> & { readonly master: Pick<MasterConfig, 'separator'> }
}

const DAY_MS = 86_400_000
/** What is older says nothing about what people use now. */
const MAX_AGE_DAYS = 90
/** More mailboxes than a server has: names in a log that somebody fills are not kept without end. */
const MAX_MAILBOXES = 200_000

/**
 * Reads `old.loginLog`: a file with its rotated and compressed siblings, or the journal (`journal:` or
 * `journal:dovecot.service`). That it cannot be read is a sentence, never an error.
 */
export async function readLoginUsage(
  { file, old }: LoginLogConfig,
  now: Date,
  { signal }: StageOptions = {},
): Promise<LoginReading> {
  const { loginLog } = old
  if (loginLog === undefined) return {}
  if (old.run.kind === 'ssh')
    return {
      problem: `old.loginLog (${loginLog}) lies on another machine: this version reads it only where it runs.`,
    }
  const usage = new UsageCollector(new Date(now.getTime() - MAX_AGE_DAYS * DAY_MS))
  const separator = old.master.separator
  try {
    for await (const { chunks, before } of sourcesOf(whereIs(loginLog, file), now, signal)) {
      for await (const login of readLogins(chunks, { before, masterSeparator: separator })) {
        signal?.throwIfAborted()
        if (login.master === undefined) usage.add(login)
      }
    }
    return { usage: usage.result() }
  } catch (error) {
    signal?.throwIfAborted()
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return { problem: `old.loginLog (${loginLog}) cannot be read (${code}).` }
  }
}

/** Like every path of the configuration, beside its file. */
function whereIs(loginLog: string, configFile: string): string {
  return loginLog.startsWith('journal:') ? loginLog : resolve(dirname(configFile), loginLog)
}

class UsageCollector {
  readonly #from: Date
  readonly #mailboxes = new Map<string, Map<LoginProtocol, Date>>()
  #since: Date | undefined
  #until: Date | undefined

  constructor(from: Date) {
    this.#from = from
  }

  add({
    user,
    protocol,
    time,
  }: {
    readonly user: string
    readonly protocol: LoginProtocol
    readonly time: Date
  }): void {
    if (time < this.#from) return
    if (this.#since === undefined || time < this.#since) this.#since = time
    if (this.#until === undefined || time > this.#until) this.#until = time
    let known = this.#mailboxes.get(user)
    if (known === undefined) {
      if (this.#mailboxes.size >= MAX_MAILBOXES) return
      known = new Map()
      this.#mailboxes.set(user, known)
    }
    const last = known.get(protocol)
    if (last === undefined || time > last) known.set(protocol, time)
  }

  result(): LoginUsage {
    return {
      ...(this.#since === undefined ? {} : { since: this.#since }),
      ...(this.#until === undefined ? {} : { until: this.#until }),
      mailboxes: this.#mailboxes,
    }
  }
}

interface LogSource {
  readonly chunks: AsyncIterable<Uint8Array>
  /** When it was last written. */
  readonly before: Date
}

async function* sourcesOf(
  loginLog: string,
  now: Date,
  signal: AbortSignal | undefined,
): AsyncGenerator<LogSource> {
  const journal = /^journal:(.*)$/.exec(loginLog)
  if (journal !== null) {
    yield { chunks: journalExport(journal[1] || 'dovecot.service', signal), before: now }
    return
  }
  for (const { file, changedAt } of await logFiles(loginLog, now)) {
    const stream = createReadStream(file)
    // A broken archive ends the reading with its error; the pipeline closes the file.
    const chunks = file.endsWith('.gz') ? pipeline(stream, createGunzip(), () => {}) : stream
    yield { chunks, before: changedAt }
  }
}

/** The log and what logrotate left of it (`.1`, `.2.gz`, `-20261101`), oldest first, as far as it is of these months. */
async function logFiles(
  path: string,
  now: Date,
): Promise<readonly { readonly file: string; readonly changedAt: Date }[]> {
  const current = await stat(path)
  const name = basename(path)
  const found = [{ file: path, changedAt: current.mtime }]
  for (const entry of await readdir(dirname(path))) {
    const rest = entry.startsWith(name) ? entry.slice(name.length) : ''
    if (!/^(?:\.\d{1,4}|-\d{6,10})(?:\.gz)?$/.test(rest)) continue
    const file = join(dirname(path), entry)
    const { mtime } = await stat(file)
    if (now.getTime() - mtime.getTime() < MAX_AGE_DAYS * DAY_MS) found.push({ file, changedAt: mtime })
  }
  return found.toSorted((one, other) => one.changedAt.getTime() - other.changedAt.getTime())
}

async function* journalExport(unit: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const args = ['--unit', unit, '--output', 'export', '--since', `-${MAX_AGE_DAYS}d`, '--no-pager']
  const child = spawn('journalctl', args, {
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(signal === undefined ? {} : { signal }),
  })
  const ended = new Promise<number | null>((fulfil, reject) => {
    child.once('error', reject)
    child.once('close', fulfil)
  })
  ended.catch(() => {})
  for await (const chunk of child.stdout) if (chunk instanceof Uint8Array) yield chunk
  const code = await ended
  if (code !== 0)
    throw Object.assign(new Error('journalctl failed'), { code: `journalctl ended with ${String(code)}` })
}
