import { survey as surveyDomains, type SurveyReport } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { addressArgument, domainArgument } from '../names.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { renderSurvey } from '../render/survey.ts'
import { withMigration } from '../session.ts'

export async function survey(
  context: CommandContext,
  domains: readonly string[],
  mailboxes: readonly string[] | undefined,
): Promise<CommandResult> {
  const { signal, style } = context
  const options = {
    signal,
    ...(mailboxes === undefined ? {} : { mailboxes: mailboxes.map(addressArgument) }),
  }
  const names = domains.map(domainArgument)
  const document = await withMigration(context, (migration) => surveyDomains(migration, names, options), {
    domains: names,
  })
  return { document, text: renderSurvey(document, style), exitCode: exitCodeOf(document), asked: true }
}

/** A red finding is a result of the survey, not a failure of it; a mailbox that could not be read is one. */
function exitCodeOf({ domains }: SurveyReport): ExitCode {
  const unread = domains.some(({ mailboxes }) =>
    mailboxes.some(({ size, skipped }) => size === undefined && !skipped),
  )
  return unread ? exitCodes.someFailed : exitCodes.done
}
