import { provision as provisionDomains, type ProvisionReport } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { domainArgument } from '../names.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { renderProvision } from '../render/provision.ts'
import { withMigration } from '../session.ts'
import { mailboxStage } from './stage-options.ts'

export async function provision(
  context: CommandContext,
  domains: readonly string[],
  mailboxes: readonly string[] | undefined,
): Promise<CommandResult> {
  const { style } = context
  const stageOptions = mailboxStage(context, mailboxes)
  const names = domains.map(domainArgument)
  const document = await withMigration(
    context,
    (migration) => provisionDomains(migration, names, stageOptions),
    { domains: names },
  )
  return {
    document,
    text: renderProvision(document, style),
    exitCode: exitCodeOf(document),
    asked: stageOptions.dryRun,
  }
}

function exitCodeOf({ domains, ok, dryRun }: ProvisionReport): ExitCode {
  const has = (outcome: ProvisionReport['domains'][number]['outcome']) =>
    domains.some((domain) => domain.outcome === outcome)
  if (has('failed')) return exitCodes.serverFailed
  if (has('stopped')) return exitCodes.stopped
  if (has('partial')) return exitCodes.someFailed
  return ok || dryRun ? exitCodes.done : exitCodes.someFailed
}
