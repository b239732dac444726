import { isImapSyncError } from '@iteg/imap-sync'
import type { CopyMailbox } from '../copy-report.ts'
import { ServerError } from '../errors.ts'
import { asSentence, withoutSide } from '../sentence.ts'

export type MailboxFailure = NonNullable<CopyMailbox['failure']>

/** What went wrong with one mailbox, in one sentence, and what to do. Errors that are no server's are passed on. */
export function mailboxFailure(error: unknown, stage: 'copy' | 'verify' = 'copy'): MailboxFailure {
  if (error instanceof ServerError)
    return {
      code: 'new-mailcow',
      message: error.message,
      remedy: error.hint ?? 'Look at it with: mailmove check',
    }
  if (!isImapSyncError(error)) throw error
  const which = error.side === 'source' ? 'old' : 'new'
  const { code } = error
  const reason = withoutSide(error.message)
  switch (code) {
    case 'login':
      return {
        code: `${which}-login-refused`,
        message: asSentence(`The ${which} server refused the login: ${reason}`),
        remedy:
          which === 'old'
            ? `Check that the mailbox exists there and that the master user may enter it; then run mailmove ${stage} again.`
            : `Check that the mailbox is active on mailcow (an inactive one refuses even the master user); then run mailmove ${stage} again.`,
      }
    case 'connect':
    case 'tls':
    case 'loginTemporary':
    case 'closed':
    case 'timeout':
      return {
        code: `${which}-unreachable`,
        message: asSentence(`The ${which} server: ${reason}`),
        remedy: `Run mailmove check to see which server it is, then run mailmove ${stage} again.`,
      }
    case 'refused':
    case 'protocol':
    case 'limit':
    case 'phase':
    case 'folderMissing':
    case 'usage':
      return {
        code: `${which}-${code === 'folderMissing' ? 'folder-missing' : code}`,
        message: asSentence(`The ${which} server: ${reason}`),
        remedy: `Run mailmove ${stage} again; if it stays, once more with --verbose.`,
      }
    default:
      return code satisfies never
  }
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
