import type { CommandContext } from '../context.ts'
import { addressArgument } from '../names.ts'

/** What every stage takes that works mailbox by mailbox and may be tried without writing. */
interface MailboxStageArguments {
  readonly signal: AbortSignal
  readonly dryRun: boolean
  readonly mailboxes?: readonly string[]
}

/** `mailboxes`: as given with `--mailbox`. */
export function mailboxStage(
  { options, signal }: CommandContext,
  mailboxes: readonly string[] | undefined,
): MailboxStageArguments {
  return {
    signal,
    dryRun: options.dryRun === true,
    ...(mailboxes === undefined ? {} : { mailboxes: mailboxes.map(addressArgument) }),
  }
}
