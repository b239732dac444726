import { plan as planDomain } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { domainArgument } from '../domain-name.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderPlan } from '../render/plan.ts'
import { withMigration } from '../session.ts'

export async function plan(context: CommandContext, domain: string): Promise<CommandResult> {
  const { signal, style } = context
  const document = await withMigration(context, (migration) =>
    planDomain(migration, domainArgument(domain), { signal }),
  )
  return { document, text: renderPlan(document, style), exitCode: exitCodes.done, asked: true }
}
