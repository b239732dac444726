import { check as tryEverything } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderCheck } from '../render/check.ts'
import { withMigration } from '../session.ts'

export async function check(context: CommandContext): Promise<CommandResult> {
  const { signal, style } = context
  const document = await withMigration(context, (migration) => tryEverything(migration, { signal }))
  return {
    document,
    text: renderCheck(document, style),
    exitCode: document.ok ? exitCodes.done : exitCodes.serverFailed,
    asked: true,
  }
}
