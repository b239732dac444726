import { catchup as catchupDomains } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { domainArgument } from '../names.ts'
import { renderCatchup } from '../render/catchup.ts'
import { withMigration } from '../session.ts'
import { mailboxExitCode } from './mailbox-exit-code.ts'
import { mailboxStage } from './stage-options.ts'

export async function catchup(
  context: CommandContext,
  domains: readonly string[],
  mailboxes: readonly string[] | undefined,
): Promise<CommandResult> {
  const { style } = context
  const stageOptions = mailboxStage(context, mailboxes)
  const names = domains.map(domainArgument)
  const document = await withMigration(
    context,
    (migration) => catchupDomains(migration, names, stageOptions),
    {
      domains: names,
    },
  )
  return {
    document,
    text: renderCatchup(document, style),
    exitCode: mailboxExitCode(
      document.ok || document.dryRun,
      document.domains.flatMap((domain) => domain.mailboxes),
    ),
    asked: stageOptions.dryRun,
  }
}
