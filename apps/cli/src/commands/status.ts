import { status as statusOf } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { domainArgument } from '../names.ts'
import { CommandUsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderStatus } from '../render/status.ts'
import { withMigration } from '../session.ts'

export async function status(context: CommandContext, domains: readonly string[]): Promise<CommandResult> {
  const { signal, style } = context
  const names = domains.map(domainArgument)
  const document = await withMigration(
    context,
    async (migration) => {
      const report = await statusOf(migration, names, { signal })
      const nobodys = report.domains.find(({ stage, mailboxes }) => stage === 'new' && mailboxes.length === 0)
      if (nobodys === undefined || names.length === 0) return report
      const known = (await statusOf(migration, [], { signal })).domains.map(({ domain }) => domain)
      const unknown = names.find((name) => !known.includes(name))
      if (unknown === undefined) return report
      throw new CommandUsageError(
        `${unknown} is neither in the ledger nor in the configuration.`,
        `If the old server has it: mailmove survey ${unknown}`,
      )
    },
    { secrets: 'later', domains: names },
  )
  // With domains named, each mailbox too.
  const detailed = domains.length > 0 || style.verbose
  return { document, text: renderStatus(document, detailed, style), exitCode: exitCodes.done, asked: true }
}
