import { archive as archiveDomains } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { addressArgument, domainArgument } from '../names.ts'
import { renderArchive } from '../render/archive.ts'
import { withMigration } from '../session.ts'

export interface ArchiveArguments {
  readonly mailbox?: readonly string[]
  readonly out?: string
  readonly again?: boolean
}

export async function archive(
  context: CommandContext,
  domains: readonly string[],
  { mailbox, out, again }: ArchiveArguments,
): Promise<CommandResult> {
  const { options, signal, style } = context
  const names = domains.map(domainArgument)
  const dryRun = options.dryRun === true
  const document = await withMigration(
    context,
    (migration) =>
      archiveDomains(migration, names, {
        signal,
        dryRun,
        ...(mailbox === undefined ? {} : { mailboxes: mailbox.map(addressArgument) }),
        ...(out === undefined ? {} : { out }),
        ...(again === undefined ? {} : { again }),
      }),
    { domains: names },
  )
  const mailboxes = document.domains.flatMap((domain) => domain.mailboxes)
  const unreached = mailboxes.length > 0 && mailboxes.every(({ outcome }) => outcome === 'failed')
  return {
    document,
    text: renderArchive(document, style),
    exitCode:
      document.ok || dryRun ? exitCodes.done : unreached ? exitCodes.serverFailed : exitCodes.someFailed,
    asked: dryRun,
  }
}
