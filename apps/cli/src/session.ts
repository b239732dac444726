import type { Config, Migration } from '@iteg/migration'
import type { CommandContext } from './context.ts'

/**
 * Reads the configuration, shows progress, opens the migration for `work` and closes it again, also when `work`
 * fails. `secrets: 'later'` is for commands that only look at the ledger: they need no password.
 */
export async function withMigration<Result>(
  { configFile, env, logger, terminal }: CommandContext,
  work: (migration: Migration, config: Config) => Promise<Result>,
  secrets: 'now' | 'later' = 'now',
): Promise<Result> {
  const { formatConfigProblem, loadConfig, openMigration } = await import('@iteg/migration')
  const config = await loadConfig(configFile, { env, secrets })
  for (const warning of config.warnings) logger.warn({}, formatConfigProblem(warning))
  using view = await terminal.progress()
  await using migration = await openMigration(config, { logger, onEvent: view.onEvent })
  return await work(migration, config)
}
