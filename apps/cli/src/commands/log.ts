import { log as readLog } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { domainArgument } from '../names.ts'
import { renderLog } from '../render/log.ts'
import { withMigration } from '../session.ts'
import { sinceArgument } from '../since.ts'

export async function log(
  context: CommandContext,
  domains: readonly string[],
  { since }: { readonly since?: string },
): Promise<CommandResult> {
  const { signal, style } = context
  const names = domains.map(domainArgument)
  const options = { signal, ...(since === undefined ? {} : { since: sinceArgument(since, new Date()) }) }
  const document = await withMigration(context, (migration) => readLog(migration, names, options), {
    secrets: 'later',
    domains: names,
  })
  return { document, text: renderLog(document, style), exitCode: exitCodes.done, asked: true }
}
