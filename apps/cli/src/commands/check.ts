import { type CheckReport, check as tryEverything } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { renderCheck } from '../render/check.ts'
import { withMigration } from '../session.ts'

export async function check(context: CommandContext): Promise<CommandResult> {
  const { signal, style } = context
  const document = await withMigration(context, (migration) => tryEverything(migration, { signal }))
  return {
    document,
    text: renderCheck(document, style),
    exitCode: exitCodeOf(document),
    asked: true,
  }
}

// What lies on this machine and is named by the configuration; the rest are servers.
const local: ReadonlySet<string> = new Set(['config', 'ledger', 'secrets.key', 'old.inventory'])

function exitCodeOf({ ok, results }: CheckReport): ExitCode {
  if (ok) return exitCodes.done
  const failed = results.filter(({ status }) => status === 'failed')
  return failed.every(({ subject }) => local.has(subject)) ? exitCodes.usage : exitCodes.serverFailed
}
