import { type ExitCode, exitCodes } from '../exit-codes.ts'

interface MailboxOutcome {
  readonly failure?: { readonly code: string }
}

/**
 * For the stages that go on with the other mailboxes when one fails: single items failed, unless none could be
 * worked on because a server was away.
 */
export function mailboxExitCode(ok: boolean, mailboxes: readonly MailboxOutcome[]): ExitCode {
  if (ok) return exitCodes.done
  const serverAway = mailboxes.every(({ failure }) => /-unreachable$|^new-mailcow$/.test(failure?.code ?? ''))
  return serverAway && mailboxes.length > 0 ? exitCodes.serverFailed : exitCodes.someFailed
}
