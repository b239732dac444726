import { basename } from 'node:path'
import {
  connectManageSieve,
  isManageSieveError,
  isScriptFilesError,
  type ManageSieveServer,
  masterLogin,
  readScripts,
} from '@iteg/sieve-export'
import type { ServerConfig, SieveFilesConfig } from '../../config/index.ts'
import { ServerError } from '../errors.ts'
import type { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'
import type { ExportMailbox } from './export-report.ts'
import { expandPattern } from './path-pattern.ts'

/** A script of the old server, as it was. */
export interface OldScript {
  readonly name: string
  readonly content: Uint8Array
  readonly active: boolean
  readonly listed: boolean
}

export type Failure = NonNullable<ExportMailbox['failure']>

interface FoundScripts {
  readonly scripts: readonly OldScript[]
  /** Names of scripts that are there and could not be read; `warnings` say why. */
  readonly unread: readonly string[]
  readonly warnings: readonly string[]
}

export type OldScripts = FoundScripts | { readonly failure: Failure }

/** More scripts than any person has; the rest of the mailbox goes on without those beyond. */
const MAX_SCRIPTS = 500
const MAX_SCRIPT_BYTES = 4 * 1024 * 1024

/** Reads a mailbox's scripts the way the configuration says. Rejects with `ServerError` when the old server is away. */
export function readOldScripts(
  migration: Migration,
  mailbox: string,
  guard: LoginGuard,
  options: StageOptions,
): Promise<OldScripts> {
  const files = migration.config.old.sieveFiles
  return files === undefined
    ? overManageSieve(migration, mailbox, guard, options)
    : fromFiles(files, mailbox, options)
}

/** How a server of the configuration is reached; without TLS only where the configuration allows it. */
export function manageSieveServer({ host, port, tls, tlsOptions }: ServerConfig): ManageSieveServer {
  return { host, port, tls, ...(tlsOptions === undefined ? {} : { tlsOptions }) }
}

async function overManageSieve(
  migration: Migration,
  mailbox: string,
  guard: LoginGuard,
  options: StageOptions,
): Promise<OldScripts> {
  const stopped = guard.stopReason
  if (stopped !== undefined)
    return {
      failure: {
        code: 'old-login-refused',
        message: `It was not tried: ${stopped}.`,
        remedy: 'Look at the logins with mailmove check, then run mailmove export again.',
      },
    }
  const { sieve, master } = migration.config.old
  try {
    const login = masterLogin(mailbox, { ...master, password: master.password.reveal() })
    await using client = await connectManageSieve(manageSieveServer(sieve), login, {
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      logger: migration.logger,
      maxScriptBytes: MAX_SCRIPT_BYTES,
      allowInsecure: sieve.tls === 'none',
    })
    guard.accepted()
    const listed = await client.listScripts()
    const scripts: OldScript[] = []
    const warnings: string[] = []
    const unread = listed.slice(MAX_SCRIPTS).map(({ name }) => name)
    if (listed.length > MAX_SCRIPTS)
      warnings.push(`It has ${listed.length} scripts; the first ${MAX_SCRIPTS} were read.`)
    for (const { name, active } of listed.slice(0, MAX_SCRIPTS)) {
      try {
        scripts.push({ name, active, listed: true, content: await client.getScript(name) })
      } catch (error) {
        // A script that the server lists and does not hand out is no reason to leave the others.
        if (!isManageSieveError(error) || !client.isAlive) throw error
        unread.push(name)
        warnings.push(asSentence(`The script ${JSON.stringify(name)} could not be read: ${error.message}`))
      }
    }
    await client.logout()
    return { scripts, unread, warnings }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!isManageSieveError(error)) throw error
    guard.refusedBy(error)
    return { failure: oldFailure(error.code, error.message) }
  }
}

/** The server itself is away, or not the one we trust: every other mailbox would say the same. */
function oldFailure(code: string, message: string): Failure {
  if (code === 'connect' || code === 'tls')
    throw new ServerError('old.sieve', asSentence(`The old server's ManageSieve: ${message}`), {
      hint: 'Look at it with mailmove check. A server without ManageSieve: name its files under old.sieveFiles.',
    })
  if (code === 'login')
    return {
      code: 'old-login-refused',
      message: asSentence(`The old server refuses the login: ${message}`),
      remedy:
        'Check that the mailbox exists on the old server and that the master user may enter it; then run mailmove export again.',
    }
  return {
    code: 'old-scripts-unreadable',
    message: asSentence(`Its scripts cannot be read: ${message}`),
    remedy: 'Run mailmove export again; if it stays, look at the log.',
  }
}

async function fromFiles(
  files: SieveFilesConfig,
  mailbox: string,
  options: StageOptions,
): Promise<OldScripts> {
  const [home, directory, active] = [files.home, files.directory, files.active].map((pattern) =>
    expandPattern(pattern, mailbox),
  )
  const remedy = 'Check old.sieveFiles, then run mailmove export again.'
  if (home === undefined || directory === undefined || active === undefined)
    return {
      failure: {
        code: 'old-home-unsafe',
        message: 'Its address makes no safe path of old.sieveFiles.',
        remedy,
      },
    }
  try {
    const found = await readScripts(home, {
      directory,
      active,
      maxScripts: MAX_SCRIPTS,
      maxScriptBytes: MAX_SCRIPT_BYTES,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    })
    return {
      scripts: found.scripts.map(({ name, content, active: isActive, listed }) => ({
        name,
        content,
        active: isActive,
        listed,
      })),
      unread: found.problems.map(({ file }) => basename(file, '.sieve')),
      warnings: found.problems.map(({ message }) => message),
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (!isScriptFilesError(error)) throw error
    const code = error.code === 'missing' ? 'old-home-missing' : 'old-scripts-unreadable'
    return { failure: { code, message: asSentence(error.message), remedy } }
  }
}
