import { status as statusOf } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { domainArgument } from '../domain-name.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderStatus } from '../render/status.ts'
import { withMigration } from '../session.ts'

export async function status(context: CommandContext, domains: readonly string[]): Promise<CommandResult> {
  const { signal, style } = context
  const document = await withMigration(
    context,
    (migration) => statusOf(migration, domains.map(domainArgument), { signal }),
    'later',
  )
  // With domains named, each mailbox too.
  const detailed = domains.length > 0 || style.verbose
  return { document, text: renderStatus(document, detailed, style), exitCode: exitCodes.done, asked: true }
}
