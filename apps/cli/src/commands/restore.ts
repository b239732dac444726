import { restore as restoreArchive, type RestoreTarget, restoreTarget } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { addressArgument } from '../names.ts'
import { renderRestore } from '../render/archive.ts'
import { withMigration } from '../session.ts'

export interface RestoreArguments {
  readonly to: string
  readonly old?: boolean
  readonly server?: string
  readonly login?: string
  readonly password?: string
  readonly ca?: string
}

export async function restore(
  context: CommandContext,
  archive: string,
  { to, ...rest }: RestoreArguments,
): Promise<CommandResult> {
  const { options, signal, style, env } = context
  const dryRun = options.dryRun === true
  const target: RestoreTarget = restoreTarget(addressArgument(to), rest, env)
  const document = await withMigration(context, (migration) =>
    restoreArchive(migration, archive, target, { signal, dryRun }),
  )
  return {
    document,
    text: renderRestore(document, style),
    exitCode: document.ok ? exitCodes.done : exitCodes.someFailed,
    asked: dryRun,
  }
}
