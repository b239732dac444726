import process from 'node:process'
import {
  migrate as migrateDomains,
  MIGRATE_STAGES,
  type MigrateReport,
  type MigrateStage,
} from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { CommandUsageError } from '../errors.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { InterruptedError } from '../interrupts.ts'
import { domainArgument } from '../names.ts'
import { renderMigrate } from '../render/migrate.ts'
import { withMigration } from '../session.ts'

export interface MigrateArguments {
  readonly until?: string
  readonly yes?: boolean
}

export async function migrate(
  context: CommandContext,
  domains: readonly string[],
  { until = 'catchup', yes = false }: MigrateArguments,
): Promise<CommandResult> {
  const { options, signal, style } = context
  const dryRun = options.dryRun === true
  const last = stageNamed(until)
  const run = (names: readonly string[], more: { readonly yes: boolean; readonly from?: MigrateStage }) =>
    withMigration(
      context,
      (migration) => migrateDomains(migration, names, { signal, dryRun, until: last, ...more }),
      { domains: names },
    )
  let document = await run(domains.map(domainArgument), { yes })
  // The progress is gone by now: a question would be drawn over.
  const waiting = document.domains.filter(({ reason }) => reason === 'confirmation')
  if (waiting.length > 0 && canAsk(context)) {
    const agreed = await askFor(
      waiting.map(({ domain }) => domain),
      signal,
    )
    if (agreed.length > 0) document = continued(document, await run(agreed, { yes: true, from: 'cutover' }))
  }
  return { document, text: renderMigrate(document, style), exitCode: exitCodeOf(document), asked: dryRun }
}

function stageNamed(text: string): MigrateStage {
  const found = MIGRATE_STAGES.find((stage) => stage === text)
  if (found !== undefined) return found
  throw new CommandUsageError(`There is no stage ${text}.`, `One of these: ${MIGRATE_STAGES.join(', ')}`)
}

function canAsk({ options }: CommandContext): boolean {
  return options.json !== true && process.stdin.isTTY && process.stderr.isTTY
}

/** Of which domains somebody says yes; asked on stderr, so that stdout stays the result's. */
async function askFor(domains: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  const { confirm, isCancel } = await import('@clack/prompts')
  const agreed: string[] = []
  for (const domain of domains) {
    const answer = await confirm({
      message: `Everything of ${domain} is ready. Cut it over to mailcow now?`,
      initialValue: false,
      output: process.stderr,
      signal,
    })
    if (isCancel(answer)) throw new InterruptedError('Interrupted; the cut-over was not begun.')
    if (answer) agreed.push(domain)
  }
  return agreed
}

/** One report of both runs. */
function continued(before: MigrateReport, after: MigrateReport): MigrateReport {
  const domains = before.domains.map((first) => {
    const second = after.domains.find(({ domain }) => domain === first.domain)
    return second === undefined ? first : { ...second, stages: [...first.stages, ...second.stages] }
  })
  return { ...after, domains, ok: domains.every(({ outcome }) => outcome === 'done') }
}

function exitCodeOf({ domains }: MigrateReport): ExitCode {
  const outcomes = new Set(domains.map(({ outcome }) => outcome))
  if (outcomes.has('failed')) return exitCodes.serverFailed
  const stopped = domains.filter(({ outcome }) => outcome === 'stopped')
  if (stopped.length > 0)
    return stopped.every(({ reason }) => reason === 'usage') ? exitCodes.usage : exitCodes.stopped
  return outcomes.has('partial') ? exitCodes.someFailed : exitCodes.done
}
