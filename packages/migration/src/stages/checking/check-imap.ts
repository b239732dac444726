import { connect, type Endpoint, type FolderListing, isImapSyncError, readFolders } from '@iteg/imap-sync'
import { certificateRemedy } from '../copying/failures.ts'
import type { CheckResult, CheckSubject } from '../check-report.ts'
import { serverUrl } from '../endpoints.ts'
import type { LoginGuard } from '../logins.ts'
import type { Logger } from '../logger.ts'
import { asSentence, capitalized, withoutSide } from '../sentence.ts'

/** Mailboxes that are looked into until one shows mail: an empty one proves little. */
const MAILBOXES_TRIED = 3

export interface ImapCheck {
  /** `old.imap` and `old.imap.master`, or the new ones. */
  readonly server: Extract<CheckSubject, 'old.imap' | 'new.imap'>
  readonly login: Extract<CheckSubject, 'old.imap.master' | 'new.imap.master'>
  /** To be tried in this order. */
  readonly mailboxes: readonly string[]
  readonly endpoint: (mailbox: string) => Endpoint
  readonly guard: LoginGuard
  readonly logger: Logger
  readonly signal: AbortSignal | undefined
}

/** Two results: the server (reachable, TLS) and the master login with what it sees. At most two refused logins. */
export async function checkImap(check: ImapCheck): Promise<readonly CheckResult[]> {
  let best: Seen | undefined
  let failure: CheckResult | undefined
  for (const mailbox of check.mailboxes.slice(0, MAILBOXES_TRIED)) {
    if (check.guard.stopReason !== undefined) break
    const tried = await tryMailbox(check, mailbox)
    if ('unreachable' in tried) return tried.unreachable
    if ('refused' in tried) failure ??= tried.refused
    else if (best === undefined || tried.messages > best.messages) best = tried
    if (best !== undefined && best.messages > 0) break
  }
  if (best === undefined) return [reachable(check, {}), failure ?? nothingToTry(check)]
  const { serverFacts, ...seen } = best
  return [reachable(check, serverFacts), loginResult(check, seen)]
}

interface Seen {
  readonly mailbox: string
  readonly folders: number
  readonly messages: number
  readonly isBare: boolean
  readonly serverFacts: CheckResult['facts']
}

async function tryMailbox(
  check: ImapCheck,
  mailbox: string,
): Promise<Seen | { readonly refused: CheckResult } | { readonly unreachable: readonly CheckResult[] }> {
  const { server, login } = check.endpoint(mailbox)
  const signal = check.signal === undefined ? {} : { signal: check.signal }
  try {
    await using connection = await connect(server, login, {
      ...signal,
      logger: check.logger,
      side: check.server === 'old.imap' ? 'source' : 'target',
    })
    check.guard.accepted()
    const listing = await readFolders(connection, signal)
    const { capabilities, serverId, tls } = connection
    const serverFacts = {
      ...(tls === undefined ? {} : { tls: `${tls.protocol}, ${tls.cipher}` }),
      ...(serverId['name'] === undefined
        ? {}
        : { software: `${serverId['name']} ${serverId['version'] ?? ''}`.trim() }),
      separator: listing.personal.separator ?? '',
      prefix: listing.personal.prefix,
      multiappend: capabilities.has('MULTIAPPEND'),
      uidplus: capabilities.has('UIDPLUS'),
      condstore: capabilities.has('CONDSTORE'),
    }
    return { mailbox, ...countIn(listing), serverFacts }
  } catch (error) {
    check.signal?.throwIfAborted()
    if (!isImapSyncError(error)) throw error
    const target = serverUrl(server)
    if (error.code === 'connect' || error.code === 'tls' || error.code === 'timeout')
      return {
        unreachable: [
          {
            subject: check.server,
            status: 'failed',
            target,
            detail: asSentence(capitalized(withoutSide(error.message))),
            remedy:
              error.code === 'tls'
                ? certificateRemedy(check.server)
                : `Check ${check.server}.host and port, and whether a firewall is in between.`,
            facts: {},
          },
          {
            subject: check.login,
            status: 'skipped',
            target,
            detail: 'The server cannot be reached.',
            facts: {},
          },
        ],
      }
    check.guard.refusedBy(error)
    return {
      refused: {
        subject: check.login,
        status: 'failed',
        target,
        detail: asSentence(`The master login to ${mailbox} does not work: ${withoutSide(error.message)}`),
        remedy: 'Check user, password and separator of the master login, and that the mailbox exists.',
        facts: { mailbox },
      },
    }
  }
}

function countIn(listing: FolderListing): Pick<Seen, 'folders' | 'messages' | 'isBare'> {
  const own = listing.folders.filter((folder) => folder.selectable)
  const messages = own.reduce((sum, folder) => sum + (folder.status?.messages ?? 0), 0)
  return { folders: own.length, messages, isBare: messages === 0 }
}

function reachable(check: ImapCheck, facts: CheckResult['facts']): CheckResult {
  const [mailbox = ''] = check.mailboxes
  const { server } = check.endpoint(mailbox)
  const isPlain = server.tls === 'none'
  return {
    subject: check.server,
    status: isPlain ? 'warning' : 'ok',
    target: serverUrl(server),
    detail: isPlain
      ? 'Reachable, without TLS: passwords and mail travel in clear.'
      : 'Reachable, certificate verified.',
    ...(isPlain ? { remedy: 'Use implicit or starttls unless the connection is protected otherwise.' } : {}),
    facts,
  }
}

function loginResult(
  check: ImapCheck,
  { mailbox, folders, messages, isBare }: Omit<Seen, 'serverFacts'>,
): CheckResult {
  const { server } = check.endpoint(mailbox)
  const facts = { mailbox, folders, messages }
  // An empty INBOX and nothing else is what a master user without rights, or a wrong namespace, sees.
  if (isBare && check.server === 'old.imap')
    return {
      subject: check.login,
      status: 'warning',
      target: serverUrl(server),
      detail: `The login works, but ${mailbox} shows no mail at all.`,
      remedy: 'If there is mail in it, the master user lacks rights (ACL), or the mail is not mounted.',
      facts,
    }
  return {
    subject: check.login,
    status: 'ok',
    target: serverUrl(server),
    detail: `The master login works: ${mailbox} shows ${folders} folders with ${messages} messages.`,
    facts,
  }
}

function nothingToTry(check: ImapCheck): CheckResult {
  return {
    subject: check.login,
    status: 'skipped',
    target: serverUrl(check.endpoint('').server),
    detail: 'There is no mailbox yet that it could be tried with.',
    remedy: 'Run check again once a domain was provisioned.',
    facts: {},
  }
}
