import { accept as acceptFinding } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { domainArgument } from '../names.ts'
import { CommandUsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderAccept } from '../render/accept.ts'
import { withMigration } from '../session.ts'

export interface Acceptance {
  readonly domain: string
  readonly code: string
  readonly item: string | undefined
  readonly reason: string
}

export async function accept(
  context: CommandContext,
  { domain, code, item, reason }: Acceptance,
): Promise<CommandResult> {
  const { options, signal, style } = context
  if (options.dryRun === true)
    throw new CommandUsageError(
      'accept has no dry run: it only writes down that somebody decided.',
      'mailmove plan DOMAIN shows the findings as they are.',
    )
  const request = { domain: domainArgument(domain), code, reason, ...(item === undefined ? {} : { item }) }
  const document = await withMigration(
    context,
    (migration) => acceptFinding(migration, request, { signal }),
    { secrets: 'later', domains: [request.domain] },
  )
  return { document, text: renderAccept(document, style), exitCode: exitCodes.done }
}
