import { type Config, formatConfigProblem, loadConfig, type Migration, openMigration } from '@iteg/migration'
import type { CommandContext } from './context.ts'
import { askWhatWasMeant } from './did-you-mean.ts'

export interface SessionOptions {
  /** `later` is for commands that only look at the ledger: they need no password. */
  readonly secrets?: 'now' | 'later'
  /** The domains that were named, for a suggestion when one of them is not known. */
  readonly domains?: readonly string[]
}

/** Reads the configuration, shows progress, opens the migration for `work` and closes it again, also when `work` fails. */
export async function withMigration<Result>(
  { configFile, env, logger, terminal }: CommandContext,
  work: (migration: Migration, config: Config) => Promise<Result>,
  { secrets = 'now', domains = [] }: SessionOptions = {},
): Promise<Result> {
  const config = await loadConfig(configFile, { env, secrets })
  for (const warning of config.warnings) logger.warn({}, formatConfigProblem(warning))
  using view = await terminal.progress()
  await using migration = await openMigration(config, { logger, onEvent: view.onEvent })
  try {
    return await work(migration, config)
  } catch (error) {
    throw domains.length === 0 ? error : await askWhatWasMeant(migration, domains, error)
  }
}
