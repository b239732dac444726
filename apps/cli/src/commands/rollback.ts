import { rollback as rollbackDomains } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { domainArgument } from '../names.ts'
import { renderRollback } from '../render/rollback.ts'
import { withMigration } from '../session.ts'

export interface RollbackArguments {
  readonly oldServerDone?: boolean
}

export async function rollback(
  context: CommandContext,
  domains: readonly string[],
  { oldServerDone = false }: RollbackArguments,
): Promise<CommandResult> {
  const { options, signal, style } = context
  const dryRun = options.dryRun === true
  const names = domains.map(domainArgument)
  const document = await withMigration(
    context,
    (migration) => rollbackDomains(migration, names, { signal, dryRun, oldServerDone }),
    { domains: names },
  )
  const failed = document.domains.some(({ outcome }) => outcome === 'failed')
  const exitCode = failed ? exitCodes.serverFailed : document.ok ? exitCodes.done : exitCodes.stopped
  return { document, text: renderRollback(document, style), exitCode, asked: dryRun }
}
