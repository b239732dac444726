import { forget as forgetDomain } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { domainArgument } from '../names.ts'
import { renderForget } from '../render/forget.ts'
import { withMigration } from '../session.ts'

export async function forget(context: CommandContext, domain: string): Promise<CommandResult> {
  const { options, signal, style } = context
  const name = domainArgument(domain)
  const dryRun = options.dryRun === true
  const document = await withMigration(
    context,
    (migration) => forgetDomain(migration, name, { signal, dryRun }),
    { domains: [name] },
  )
  return { document, text: renderForget(document, style), exitCode: exitCodes.done, asked: dryRun }
}
