import path from 'node:path'
import { sampleConfig, sampleVariables } from '@iteg/migration'
import type { CommandContext, CommandResult } from '../context.ts'
import { CommandUsageError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { answersFrom, askFor, type InitOptions } from '../init/answers.ts'
import { exists, writeFiles } from '../init/write-files.ts'
import { type InitDocument, renderInit } from '../render/init.ts'

export async function init(context: CommandContext, options: InitOptions): Promise<CommandResult> {
  const { configFile, options: globals, signal, style } = context
  const ask = async () => {
    if (options.yes === true || globals.dryRun === true) return answersFrom(options)
    if (globals.json !== true && process.stdin.isTTY && process.stderr.isTTY) return askFor(options, signal)
    throw new CommandUsageError(
      'init asks its questions on a terminal, and there is none.',
      'Say it all at once: mailmove init --yes --old-host mail.old.example --mailcow-url https://mail.new.example',
    )
  }
  const schema = 'mailmove.init/1' as const
  if (globals.dryRun === true) {
    const content = sampleConfig(await ask())
    const document = { schema, dryRun: true, content }
    return {
      document,
      text: content,
      exitCode: exitCodes.done,
      asked: true,
    }
  }
  let variables: readonly string[] = []
  const files = await writeFiles(configFile, async () => {
    const answers = await ask()
    variables = sampleVariables(answers)
    return sampleConfig(answers)
  })
  if (files.written.length === 0)
    throw new CommandUsageError(
      `${files.kept.join(' and ')} exist already and are left as they are.`,
      'Edit them, or name another configuration with --config FILE.',
    )
  const missing: string[] = []
  for (const file of files.inventory) if (!(await exists(file))) missing.push(file)
  const document: InitDocument = {
    schema,
    dryRun: false,
    config: files.config,
    key: files.key,
    written: files.written,
    kept: files.kept,
    variables,
    missing: missing.map((file) => path.relative('', file) || file),
    next: 'mailmove check',
  }
  return { document, text: renderInit(document, style), exitCode: exitCodes.done }
}
