import { verify as verifyDomains } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { addressArgument, domainArgument } from '../names.ts'
import { renderVerify } from '../render/verify.ts'
import { withMigration } from '../session.ts'
import { mailboxExitCode } from './mailbox-exit-code.ts'

export async function verify(
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
  const document = await withMigration(context, (migration) => verifyDomains(migration, names, options), {
    domains: names,
  })
  return {
    document,
    text: renderVerify(document, style),
    exitCode: mailboxExitCode(
      document.ok,
      document.domains.flatMap((domain) => domain.mailboxes),
    ),
  }
}
