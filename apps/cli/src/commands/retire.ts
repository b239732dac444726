import { retire as mayRetire } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderRetire } from '../render/retire.ts'
import { withMigration } from '../session.ts'

export interface RetireArguments {
  readonly finish?: boolean
  readonly archives?: string
}

export async function retire(
  context: CommandContext,
  { finish = false, archives }: RetireArguments,
): Promise<CommandResult> {
  const { options, signal, style } = context
  const dryRun = options.dryRun === true
  const document = await withMigration(context, (migration) =>
    mayRetire(migration, { signal, finish, dryRun, ...(archives === undefined ? {} : { archives }) }),
  )
  const { answer, ok } = document
  return {
    document,
    text: renderRetire(document, style),
    exitCode: answer === 'no' ? exitCodes.stopped : ok ? exitCodes.done : exitCodes.someFailed,
    asked: true,
  }
}
