import {
  announce as announceDomains,
  type AnnounceReport,
  type Migration,
  warn as warnDomains,
  type WarnReport,
} from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { domainArgument } from '../names.ts'
import { renderNotices } from '../render/notices.ts'
import { withMigration } from '../session.ts'
import { mailboxStage } from './stage-options.ts'

export interface NoticeArguments {
  readonly mailbox?: readonly string[]
  readonly again?: boolean
}

/** `warn` and `announce`: the same options and the same kind of report. */
export async function notify(
  context: CommandContext,
  stage: 'warn' | 'announce',
  domains: readonly string[],
  { mailbox, again }: NoticeArguments,
): Promise<CommandResult> {
  const { style } = context
  const stageOptions = {
    ...mailboxStage(context, mailbox),
    again: again === true,
  }
  const names = domains.map(domainArgument)
  const work = (migration: Migration): Promise<WarnReport | AnnounceReport> =>
    stage === 'warn'
      ? warnDomains(migration, names, stageOptions)
      : announceDomains(migration, names, stageOptions)
  const document = await withMigration(context, work, { domains: names })
  return {
    document,
    text: renderNotices(document, style),
    exitCode: document.ok || document.dryRun ? exitCodes.done : exitCodes.someFailed,
    asked: stageOptions.dryRun,
  }
}
