import type { Config, DomainConfig } from './config.ts'

/** What `loadConfig` takes. */
export interface LoadConfigOptions {
  /** For `${NAME}` references. */
  readonly env: Readonly<Record<string, string | undefined>>
  /**
   * `now` (default): a reference that leads nowhere is a problem of the configuration. `later`: it is an error of the first
   * `reveal()`, so that reading commands work without any password at hand.
   */
  readonly secrets?: 'now' | 'later'
}

/**
 * Reads and checks `mailmove.yaml`.
 * @throws ConfigError with every problem at once
 */
export async function loadConfig(path: string, options: LoadConfigOptions): Promise<Config> {
  throw new Error(`cannot load ${path} yet ${String(options.secrets)}`)
}

/** The settings of a domain, whether the configuration lists it or not. */
export function domainConfig(config: Config, domain: string): DomainConfig {
  throw new Error(`cannot read ${domain} yet ${config.file}`)
}
