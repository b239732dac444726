import { type ImapSyncError, isImapSyncError } from '@iteg/imap-sync'
import type { CopyMailbox } from '../copy-report.ts'
import { ServerError } from '../errors.ts'
import { asSentence, withoutSide } from '../sentence.ts'

export type MailboxFailure = NonNullable<CopyMailbox['failure']>

/** Whose work it was, for the command line that repeats it. */
export interface FailedWork {
  readonly stage: 'copy' | 'verify' | 'archive'
  readonly domain: string
}

/** Which server an error is about: the word in its code, the beginning of the sentence, the key in the configuration. */
interface Side {
  readonly code: 'old' | 'new' | 'server'
  readonly name: string
  readonly key: string
}

const SIDES: Readonly<Partial<Record<string, Side>>> = {
  source: { code: 'old', name: 'The old server', key: 'old.imap' },
  target: { code: 'new', name: 'The new server', key: 'new.imap' },
}

/** Blaming the wrong server costs an admin more time than none. */
const EITHER: Side = { code: 'server', name: 'One of the two servers', key: 'old.imap or new.imap' }

/** What went wrong with one mailbox, in one sentence, and what to do. Errors that are no server's are passed on. */
export function mailboxFailure(error: unknown, { stage, domain }: FailedWork): MailboxFailure {
  const again = `mailmove ${stage} ${domain}`
  if (error instanceof ServerError)
    return {
      code: 'new-mailcow',
      message: error.message,
      remedy: error.hint ?? 'Look at it with: mailmove check',
    }
  if (!isImapSyncError(error)) throw error
  const side = SIDES[error.side ?? ''] ?? EITHER
  const { code } = error
  switch (code) {
    case 'login':
      return {
        code: `${side.code}-login-refused`,
        message: asSentence(`${side.name} refused the login: ${withoutSide(error.message)}`),
        remedy:
          side.code === 'old'
            ? `Check that the mailbox exists there and that the master user may enter it; then run ${again} again.`
            : `Check that the mailbox is active on mailcow (an inactive one refuses even the master user); then run ${again} again.`,
      }
    case 'tls':
      return {
        code: `${side.code}-unreachable`,
        message: saidBy(side, error),
        remedy: `${certificateRemedy(side.key)} Then run ${again} again.`,
      }
    case 'connect':
    case 'loginTemporary':
    case 'closed':
    case 'timeout':
      return {
        code: `${side.code}-unreachable`,
        message: saidBy(side, error),
        remedy: `Look at both servers with mailmove check, then run ${again} again.`,
      }
    case 'loginBudget':
      return {
        code: 'login-not-tried',
        message: saidBy(side, error),
        remedy: `Look at the logins with mailmove check, then run ${again} again.`,
      }
    case 'refused':
    case 'protocol':
    case 'limit':
    case 'phase':
    case 'folderMissing':
    case 'usage':
      return {
        code: `${side.code}-${code === 'folderMissing' ? 'folder-missing' : code}`,
        message: saidBy(side, error),
        remedy: `Run ${again} again; if it stays, once more with --verbose.`,
      }
    default:
      return code satisfies never
  }
}

function saidBy(side: Side, error: ImapSyncError): string {
  return asSentence(`${side.name}: ${withoutSide(error.message)}`)
}

/** What to do about a certificate that is not trusted; `key` is the server's in the configuration. */
export function certificateRemedy(key: string): string {
  return `If you know that it is the right server, name its certificate as ${key}.tlsOptions.ca (or pin it with fingerprint).`
}

/** A mailbox of which nothing more is known than that it failed. */
export function failedMailbox(mailbox: string, durationMs: number, failure: MailboxFailure): CopyMailbox {
  return {
    mailbox,
    outcome: 'failed',
    folders: [],
    fates: { copied: 0, alreadyThere: 0, setAside: 0, excluded: 0, vanished: 0 },
    sourceMessages: 0,
    bytesCopied: 0,
    setAside: [],
    warnings: [],
    durationMs,
    failure,
  }
}
