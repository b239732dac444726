import { cutover as cutoverDomains, type CutoverReport } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { domainArgument } from '../names.ts'
import { renderCutover } from '../render/cutover.ts'
import { withMigration } from '../session.ts'

export interface CutoverArguments {
  readonly prepare?: boolean
  readonly refresh?: boolean
  readonly unwarned?: boolean
  readonly oldServerDone?: boolean
}

export async function cutover(
  context: CommandContext,
  domains: readonly string[],
  { prepare = false, refresh = false, unwarned = false, oldServerDone = false }: CutoverArguments,
): Promise<CommandResult> {
  const { options, signal, style } = context
  const dryRun = options.dryRun === true
  const names = domains.map(domainArgument)
  const document = await withMigration(
    context,
    (migration) =>
      cutoverDomains(migration, names, { signal, dryRun, prepare, refresh, unwarned, oldServerDone }),
    { domains: names },
  )
  return { document, text: renderCutover(document, style), exitCode: exitCodeOf(document), asked: dryRun }
}

function exitCodeOf({ domains, dryRun }: CutoverReport): ExitCode {
  const has = (...outcomes: readonly CutoverReport['domains'][number]['outcome'][]): boolean =>
    domains.some(({ outcome }) => outcomes.includes(outcome))
  if (has('failed')) return exitCodes.serverFailed
  return has('waiting', 'mx-pending') && !dryRun ? exitCodes.stopped : exitCodes.done
}
