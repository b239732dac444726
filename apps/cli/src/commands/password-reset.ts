import { passwordReset as resetPassword } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { addressArgument } from '../names.ts'
import { renderPasswordReset } from '../render/password-reset.ts'
import { withMigration } from '../session.ts'

export async function passwordReset(context: CommandContext, address: string): Promise<CommandResult> {
  const { options, signal, style } = context
  const document = await withMigration(context, (migration) =>
    resetPassword(migration, addressArgument(address), { signal, dryRun: options.dryRun === true }),
  )
  return {
    document,
    text: renderPasswordReset(document, style),
    exitCode: document.ok ? exitCodes.done : exitCodes.someFailed,
    asked: document.dryRun,
  }
}
