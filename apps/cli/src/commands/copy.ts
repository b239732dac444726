import { copy as copyDomains } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { addressArgument, domainArgument } from '../names.ts'
import { renderCopy } from '../render/copy.ts'
import { withMigration } from '../session.ts'
import { mailboxExitCode } from './mailbox-exit-code.ts'

export async function copy(
  context: CommandContext,
  domains: readonly string[],
  mailboxes: readonly string[] | undefined,
): Promise<CommandResult> {
  const { options, signal, style } = context
  const stageOptions = {
    signal,
    dryRun: options.dryRun === true,
    ...(mailboxes === undefined ? {} : { mailboxes: mailboxes.map(addressArgument) }),
  }
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
