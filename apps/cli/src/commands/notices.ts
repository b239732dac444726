import path from 'node:path'
import { previewNotices, sendTestNotice, writeInformationPage } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { CommandUsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { addressArgument, domainArgument } from '../names.ts'
import { renderPreview, renderSendTest, renderSite } from '../render/notice-previews.ts'
import { withMigration } from '../session.ts'

// Of @iteg/notify, which only the commands that write to somebody load.
const kinds = [
  'pre-warning',
  'pre-warning-contact',
  'quota',
  'hand-over',
  'reminder',
  'password-reset',
  'switch-off',
  'keep-old-server',
  'digest',
] as const

function kindArgument(text: string): (typeof kinds)[number] {
  const kind = kinds.find((known) => known === text)
  if (kind !== undefined) return kind
  throw new CommandUsageError(`There is no kind of notice called ${text}.`, `There are: ${kinds.join(', ')}.`)
}

export async function preview(
  context: CommandContext,
  domain: string,
  { kind, out }: { readonly kind: string; readonly out?: string },
): Promise<CommandResult> {
  const { signal, style } = context
  const request = { domain: domainArgument(domain), kind: kindArgument(kind) }
  const options = { signal, ...(out === undefined ? {} : { directory: path.resolve(out) }) }
  const document = await withMigration(context, (migration) => previewNotices(migration, request, options), {
    domains: [request.domain],
  })
  return { document, text: renderPreview(document, style), exitCode: exitCodes.done, asked: true }
}

export async function sendTest(
  context: CommandContext,
  address: string,
  { kind, language }: { readonly kind: string; readonly language?: string },
): Promise<CommandResult> {
  const { signal, style, options } = context
  const request = {
    address: addressArgument(address),
    kind: kindArgument(kind),
    ...(language === undefined ? {} : { language }),
  }
  if (options.dryRun === true)
    throw new CommandUsageError(
      'A test mail is sent or not: it knows no --dry-run.',
      'To only look: mailmove notices preview',
    )
  const document = await withMigration(context, (migration) => sendTestNotice(migration, request, { signal }))
  return { document, text: renderSendTest(document, style), exitCode: exitCodes.done, asked: true }
}

export async function site(
  context: CommandContext,
  { out }: { readonly out: string },
): Promise<CommandResult> {
  const { signal, style } = context
  const document = await withMigration(
    context,
    (migration) => writeInformationPage(migration, { directory: path.resolve(out) }, { signal }),
    { secrets: 'later' },
  )
  return { document, text: renderSite(document, style), exitCode: exitCodes.done, asked: true }
}
