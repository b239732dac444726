import {
  connectManageSieve,
  isManageSieveError,
  type ManageSieveClient,
  type ManageSieveLogin,
  masterLogin,
} from '@iteg/sieve-export'
import type { Ledger } from '../../ledger/ledger.ts'
import { acquirePassword, type AppPasswordUse, whileLent } from '../app-passwords.ts'
import { ServerError } from '../errors.ts'
import type { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import type { StageOptions } from '../options.ts'
import { asSentence } from '../sentence.ts'
import { type Failure, manageSieveServer } from './old-scripts.ts'

/** What the mailboxes of one export share of the new server. */
export interface NewServer {
  readonly guard: LoginGuard
  /** Set once it cannot be reached at all: nobody waits for it again. */
  away: Failure | undefined
}

const USE: AppPasswordUse = {
  name: 'mailmove: brings your mail filters along (removed afterwards)',
  protocols: ['sieve'],
}

export interface NewSessionOptions extends StageOptions {
  /** Told when our app password could not be removed; the record of it stays. */
  readonly onLeftBehind: (message: string) => void
}

/**
 * Lets `work` into the scripts of one mailbox on mailcow, as the configuration says: through the master user, or by an app
 * password that exists only meanwhile. What the server does wrong becomes a `failure`; other errors are passed on.
 */
export async function withNewScripts<Value>(
  migration: Migration,
  ledger: Ledger,
  target: { readonly domain: string; readonly mailbox: string },
  server: NewServer,
  options: NewSessionOptions,
  work: (client: ManageSieveClient) => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly failure: Failure }> {
  const stopped = server.guard.stopReason
  if (server.away !== undefined) return { failure: server.away }
  if (stopped !== undefined)
    return { failure: failure('new-login-refused', `mailcow was not asked: ${stopped}.`) }
  try {
    return {
      value: await withLogin(migration, ledger, target, options, (login) =>
        session(migration, login, server, options, work),
      ),
    }
  } catch (error) {
    options.signal?.throwIfAborted()
    if (error instanceof ServerError) return { failure: failure('new-mailcow', error.message, error.hint) }
    if (!isManageSieveError(error)) throw error
    server.guard.refusedBy(error)
    const found = failureOf(error.code, error.message)
    if (error.code === 'connect' || error.code === 'tls') server.away = found
    return { failure: found }
  }
}

async function session<Value>(
  migration: Migration,
  login: ManageSieveLogin,
  server: NewServer,
  options: StageOptions,
  work: (client: ManageSieveClient) => Promise<Value>,
): Promise<Value> {
  const { sieve } = migration.config.new
  await using client = await connectManageSieve(manageSieveServer(sieve), login, {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    logger: migration.logger,
    allowInsecure: sieve.tls === 'none',
  })
  server.guard.accepted()
  const value = await work(client)
  await client.logout()
  return value
}

async function withLogin<Value>(
  migration: Migration,
  ledger: Ledger,
  target: { readonly domain: string; readonly mailbox: string },
  options: NewSessionOptions,
  work: (login: ManageSieveLogin) => Promise<Value>,
): Promise<Value> {
  const { mailbox } = target
  const { access, master } = migration.config.new
  if (access === 'master' && master !== undefined)
    return work(masterLogin(mailbox, { ...master, password: master.password.reveal() }))
  const password = await acquirePassword(migration, ledger, target, USE, options)
  return whileLent(migration, ledger, mailbox, 'copy, verify or export', options, () =>
    work({ user: mailbox, password }),
  )
}

function failureOf(code: string, message: string): Failure {
  if (code === 'login' || code === 'loginTemporary')
    return failure(
      'new-login-refused',
      asSentence(`mailcow's ManageSieve does not let us in: ${message}`),
      'Check that the mailbox is active on mailcow (an inactive one refuses even the master user); then run mailmove export again.',
    )
  return failure(
    'new-sieve-unreachable',
    asSentence(`mailcow's ManageSieve: ${message}`),
    'Check new.sieve; then run mailmove export again.',
  )
}

function failure(code: string, message: string, remedy?: string): Failure {
  return {
    code,
    message,
    remedy: remedy ?? 'Look at it with mailmove check, then run mailmove export again.',
  }
}
