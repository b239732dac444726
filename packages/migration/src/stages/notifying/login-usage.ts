import { dirname, resolve } from 'node:path'
import { type LoginProtocol, readLogins, RunnerError } from '@iteg/old-server'
import type { MasterConfig, OldConfig } from '../../config/index.ts'
import type { StageOptions } from '../options.ts'
import { runnerFor } from '../runner-for.ts'
import { loginLogSources, MAX_AGE_DAYS } from './login-log-sources.ts'

/** Who logged in on the old server, as far back as its log goes. Logins of master users do not count. */
export interface LoginUsage {
  /** The first and the last login in the log; absent in an empty one. */
  readonly since?: Date
  readonly until?: Date
  /** The first login of anybody, master users too: from then on the log would tell. Absent in an empty one. */
  readonly reachesBackTo?: Date
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
  readonly old: Pick<OldConfig, 'loginLog' | 'run' | 'commands'> & {
    readonly master: Pick<MasterConfig, 'separator'>
  }
}

const DAY_MS = 86_400_000
/** More mailboxes than a server has: names in a log that somebody fills are not kept without end. */
const MAX_MAILBOXES = 200_000

/**
 * Reads `old.loginLog`: a file with its rotated and compressed siblings, or the journal (`journal:` or
 * `journal:dovecot.service`), here or on the old server (`old.run`). That it cannot be read is a sentence, never an error.
 */
export async function readLoginUsage(
  { file, old }: LoginLogConfig,
  now: Date,
  { signal }: StageOptions = {},
): Promise<LoginReading> {
  const { loginLog } = old
  if (loginLog === undefined) return {}
  const usage = new UsageCollector(new Date(now.getTime() - MAX_AGE_DAYS * DAY_MS))
  const separator = old.master.separator
  try {
    const where = { loginLog: whereIs(old, file), run: old.run, runner: runnerFor(old.run, old.commands) }
    for await (const { chunks, before } of loginLogSources(where, now, signal)) {
      for await (const login of readLogins(chunks, { before, masterSeparator: separator })) {
        signal?.throwIfAborted()
        usage.saw(login.time)
        if (login.master === undefined) usage.add(login)
      }
    }
    return { usage: usage.result() }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof RunnerError)
      return { problem: `old.loginLog (${loginLog}) cannot be read: ${error.message}` }
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    return { problem: `old.loginLog (${loginLog}) cannot be read (${code}).` }
  }
}

/** Here like every path of the configuration, beside its file; on another machine it is absolute. */
function whereIs({ loginLog = '', run }: LoginLogConfig['old'], configFile: string): string {
  return loginLog.startsWith('journal:') || run.kind === 'ssh'
    ? loginLog
    : resolve(dirname(configFile), loginLog)
}

class UsageCollector {
  readonly #from: Date
  readonly #mailboxes = new Map<string, Map<LoginProtocol, Date>>()
  #since: Date | undefined
  #until: Date | undefined
  #reachesBackTo: Date | undefined

  constructor(from: Date) {
    this.#from = from
  }

  saw(time: Date): void {
    if (this.#reachesBackTo === undefined || time < this.#reachesBackTo) this.#reachesBackTo = time
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
      ...(this.#reachesBackTo === undefined ? {} : { reachesBackTo: this.#reachesBackTo }),
      mailboxes: this.#mailboxes,
    }
  }
}
