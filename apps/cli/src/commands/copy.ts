import { copy as copyDomains } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { domainArgument } from '../names.ts'
import { renderCopy } from '../render/copy.ts'
import { withMigration } from '../session.ts'
import { mailboxExitCode } from './mailbox-exit-code.ts'
import { mailboxStage } from './stage-options.ts'

export async function copy(
  context: CommandContext,
  domains: readonly string[],
  mailboxes: readonly string[] | undefined,
): Promise<CommandResult> {
  const { style } = context
  const stageOptions = mailboxStage(context, mailboxes)
  const names = domains.map(domainArgument)
  const document = await withMigration(context, (migration) => copyDomains(migration, names, stageOptions), {
    domains: names,
  })
  return {
    document,
    get text() {
      return renderCopy(document, style)
    },
    exitCode: mailboxExitCode(
      document.ok || document.dryRun,
      document.domains.flatMap((domain) => domain.mailboxes),
    ),
    asked: stageOptions.dryRun,
  }
}
