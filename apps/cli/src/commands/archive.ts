import { archive as archiveDomains } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { domainArgument } from '../names.ts'
import { renderArchive } from '../render/archive.ts'
import { withMigration } from '../session.ts'
import { mailboxStage } from './stage-options.ts'

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
  const { style } = context
  const stage = mailboxStage(context, mailbox)
  const names = domains.map(domainArgument)
  const document = await withMigration(
    context,
    (migration) =>
      archiveDomains(migration, names, {
        ...stage,
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
      document.ok || stage.dryRun
        ? exitCodes.done
        : unreached
          ? exitCodes.serverFailed
          : exitCodes.someFailed,
    asked: stage.dryRun,
  }
}
