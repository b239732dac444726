import path from 'node:path'
import { exportDomains } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { domainArgument } from '../names.ts'
import { renderExport } from '../render/export.ts'
import { withMigration } from '../session.ts'
import { mailboxExitCode } from './mailbox-exit-code.ts'
import { mailboxStage } from './stage-options.ts'

export interface ExportArguments {
  readonly mailbox?: readonly string[]
  /** Relative to where the user stands. */
  readonly out?: string
}

export async function exportCommand(
  context: CommandContext,
  domains: readonly string[],
  { mailbox, out }: ExportArguments,
): Promise<CommandResult> {
  const { style } = context
  const stageOptions = {
    ...mailboxStage(context, mailbox),
    ...(out === undefined ? {} : { directory: path.resolve(out) }),
  }
  const names = domains.map(domainArgument)
  const document = await withMigration(
    context,
    (migration) => exportDomains(migration, names, stageOptions),
    { domains: names },
  )
  return {
    document,
    text: renderExport(document, style),
    exitCode: mailboxExitCode(
      document.ok || document.dryRun,
      document.domains.flatMap((domain) => domain.mailboxes),
    ),
    asked: stageOptions.dryRun,
  }
}
