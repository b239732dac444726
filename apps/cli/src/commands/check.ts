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

function exitCodeOf({ ok, results }: CheckReport): ExitCode {
  if (ok) return exitCodes.done
  const failed = results.filter(({ status }) => status === 'failed')
  return failed.every(({ cause }) => cause === 'configuration') ? exitCodes.usage : exitCodes.serverFailed
}
