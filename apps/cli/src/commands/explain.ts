import { explain as explainQuery } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { addressArgument, domainArgument } from '../names.ts'
import { renderExplain } from '../render/explain.ts'
import { withMigration } from '../session.ts'

export async function explain(
  context: CommandContext,
  domain: string,
  query: string,
  mailboxes: readonly string[] | undefined,
): Promise<CommandResult> {
  const { signal, style } = context
  const name = domainArgument(domain)
  const document = await withMigration(
    context,
    (migration) =>
      explainQuery(migration, name, query, {
        signal,
        ...(mailboxes === undefined ? {} : { mailboxes: mailboxes.map(addressArgument) }),
      }),
    { domains: [name] },
  )
  const exitCode = document.unread.length === 0 ? exitCodes.done : exitCodes.someFailed
  return { document, text: renderExplain(document, style), exitCode, asked: true }
}
