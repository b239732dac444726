import { adopt as adoptDomains } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { domainArgument } from '../names.ts'
import { renderAdopt } from '../render/adopt.ts'
import { withMigration } from '../session.ts'
import { mailboxStage } from './stage-options.ts'

export interface AdoptArguments {
  readonly mailbox?: readonly string[]
  readonly remind?: boolean
}

export async function adopt(
  context: CommandContext,
  domains: readonly string[],
  { mailbox, remind }: AdoptArguments,
): Promise<CommandResult> {
  const { style } = context
  const stageOptions = {
    ...mailboxStage(context, mailbox),
    remind: remind === true,
  }
  const names = domains.map(domainArgument)
  const document = await withMigration(context, (migration) => adoptDomains(migration, names, stageOptions), {
    domains: names,
  })
  return {
    document,
    text: renderAdopt(document, style),
    exitCode: document.ok ? exitCodes.done : exitCodes.someFailed,
    asked: true,
  }
}
