import { createHash } from 'node:crypto'
import { mkdir, open, rename } from 'node:fs/promises'
import path from 'node:path'
import { domainConfig, moveReport } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { renderMoveReport } from '../customer-report/render-report.ts'
import { english, german } from '../customer-report/words.ts'
import { CommandUsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { domainArgument } from '../names.ts'
import { withMigration } from '../session.ts'
import { visible } from '../ui/text.ts'

export interface ReportArguments {
  readonly language?: string
  readonly out?: string
}

/** Writes the customer's report and, beside it, the JSON that it gives the digest of. */
export async function report(
  context: CommandContext,
  name: string,
  asked: ReportArguments,
): Promise<CommandResult> {
  const domain = domainArgument(name)
  const { signal, options } = context
  return withMigration(
    context,
    async (migration, config) => {
      const found = await moveReport(migration, domain, { signal })
      const words = wordsOf(
        asked.language ?? domainConfig(config, domain).language,
        asked.language !== undefined,
      )
      const file = path.resolve(asked.out ?? path.join(config.workDir, 'reports', `${domain}.html`))
      const details = file.replace(/(?:\.html?)?$/i, '.json')
      const json = Buffer.from(`${JSON.stringify(found, null, 2)}\n`, 'utf8')
      const digest = createHash('sha256').update(json).digest('hex')
      const html = await renderMoveReport(found, words, {
        details: { file: path.basename(details), digest },
      })
      if (options.dryRun !== true) {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
        await replaceFile(details, json)
        await replaceFile(file, Buffer.from(html, 'utf8'))
      }
      return {
        document: {
          schema: 'mailmove.report-files/1',
          dryRun: options.dryRun === true,
          domain,
          language: words.language,
          html: file,
          json: details,
          digest,
        },
        text: `${options.dryRun === true ? 'Would be written' : 'Written'}: ${visible(file)}\nand its details: ${visible(details)} (SHA-256 ${digest})`,
        exitCode: exitCodes.done,
        asked: true,
      }
    },
    { secrets: 'later', domains: [domain] },
  )
}

function wordsOf(language: string, isAsked: boolean) {
  if (language === 'de') return german
  // A domain's notices may be in a language that somebody wrote templates for.
  if (language === 'en' || !isAsked) return english
  throw new CommandUsageError(`There is no report in the language ${language}.`, 'There are: de, en.')
}

/** Whole or not at all, for its owner only. */
async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.part`
  await using handle = await open(temporary, 'w', 0o600)
  await handle.writeFile(bytes)
  await handle.sync()
  await rename(temporary, file)
}
