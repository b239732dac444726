import {
  connectManageSieve,
  isManageSieveError,
  mailcowServer,
  type ManageSieveClient,
  masterLogin,
} from '@iteg/sieve-export'
import type { MasterConfig, ServerConfig } from '../../config/index.ts'
import type { CheckResult, CheckSubject } from '../check-report.ts'
import { certificateRemedy } from '../copying/failures.ts'
import { manageSieveServer } from '../exporting/old-scripts.ts'
import type { Logger } from '../logger.ts'
import type { LoginGuard } from '../logins.ts'
import { asSentence, capitalized } from '../sentence.ts'

export interface SieveCheck {
  readonly subject: Extract<CheckSubject, 'old.sieve' | 'new.sieve'>
  readonly server: ServerConfig
  readonly master: MasterConfig | undefined
  /** The first one is tried. */
  readonly mailboxes: readonly string[]
  /** Why there is no mailbox to try it with. */
  readonly nobody: string
  readonly guard: LoginGuard
  readonly logger: Logger
  readonly signal: AbortSignal | undefined
}

/** One result: ManageSieve is there, its certificate is good, and the master login sees a mailbox's scripts. */
export async function checkSieve(check: SieveCheck): Promise<CheckResult> {
  const { subject, server, master, guard } = check
  const target = `sieve://${server.host}:${server.port}`
  const [mailbox] = check.mailboxes
  const result = (
    status: CheckResult['status'],
    detail: string,
    more: Partial<CheckResult> = {},
  ): CheckResult => ({
    subject,
    status,
    target,
    detail,
    facts: {},
    ...more,
  })
  if (mailbox === undefined || master === undefined) return result('skipped', check.nobody)
  if (guard.stopReason !== undefined)
    return result('skipped', 'It was not tried: IMAP refuses the same master login.')
  try {
    const login = masterLogin(mailbox, { ...master, password: master.password.reveal() })
    await using client = await connectManageSieve(manageSieveServer(server), login, {
      ...(check.signal === undefined ? {} : { signal: check.signal }),
      logger: check.logger,
      allowInsecure: server.tls === 'none',
    })
    guard.accepted()
    const scripts = (await client.listScripts()).length
    await client.logout()
    const missing = subject === 'new.sieve' ? missingThere(client) : []
    const facts = factsOf(client, mailbox, scripts)
    const plain = server.tls === 'none' ? ' It goes without TLS.' : ''
    const seen = `The master login works: ${mailbox} has ${scripts === 1 ? '1 script' : `${scripts} scripts`}.${plain}`
    if (missing.length > 0)
      return result('warning', `${seen} Unlike other mailcows it does not know ${missing.join(', ')}.`, {
        remedy: 'Scripts that need this will not work there; export names each of them.',
        facts,
      })
    return result(server.tls === 'none' ? 'warning' : 'ok', seen, { facts })
  } catch (error) {
    check.signal?.throwIfAborted()
    if (!isManageSieveError(error)) throw error
    guard.refusedBy(error)
    return result('failed', asSentence(capitalized(error.message)), { remedy: remedyOf(subject, error.code) })
  }
}

function remedyOf(subject: SieveCheck['subject'], code: string): string {
  if (code === 'tls') return certificateRemedy(subject)
  if (code === 'login' || code === 'loginTemporary')
    return 'Check user, password and separator of the master login, and that it may use ManageSieve.'
  return subject === 'old.sieve'
    ? 'Check old.sieve, or name the files under old.sieveFiles; only filters need it.'
    : 'Check new.sieve; only filters need it.'
}

/** What people's scripts use most; a mailcow of today knows all of it. */
const IMPORTANT = [
  'fileinto',
  'vacation',
  'copy',
  'imap4flags',
  'regex',
  'variables',
  'enotify',
  'editheader',
]

function missingThere({ capabilities: { extensions } }: ManageSieveClient): readonly string[] {
  return IMPORTANT.filter((name) => new Set(mailcowServer.extensions).has(name) && !extensions.has(name))
}

function factsOf(
  { capabilities }: ManageSieveClient,
  mailbox: string,
  scripts: number,
): CheckResult['facts'] {
  const { implementation, extensions } = capabilities
  return {
    mailbox,
    scripts,
    extensions: [...extensions].toSorted().join(' '),
    ...(implementation === '' ? {} : { software: implementation }),
  }
}
