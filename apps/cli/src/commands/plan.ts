import { plan as planDomain } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { domainArgument } from '../names.ts'
import { exitCodes } from '../exit-codes.ts'
import { renderPlan } from '../render/plan.ts'
import { withMigration } from '../session.ts'

export async function plan(context: CommandContext, domain: string): Promise<CommandResult> {
  const { signal, style } = context
  const name = domainArgument(domain)
  const document = await withMigration(context, (migration) => planDomain(migration, name, { signal }), {
    domains: [name],
  })
  return { document, text: renderPlan(document, style), exitCode: exitCodes.done, asked: true }
}
