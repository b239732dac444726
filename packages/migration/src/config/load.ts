import { foldCase } from '@iteg/old-server'
import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { completeConfig, defaultDomain } from './complete.ts'
import type { Config, ConfigProblem, DomainConfig } from './config.ts'
import { ConfigError } from './errors.ts'
import { describeIssues, type PlacedProblem } from './issues.ts'
import { configShape } from './json-schema.ts'
import { rules } from './rules.ts'
import { configSchema } from './schema.ts'
import { hasEmptyValue, withoutEmptyValues } from './shape.ts'
import { readYamlText, type YamlText } from './yaml-text.ts'

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

/** Some ten thousand domains; what is larger is the wrong file. */
const maxFileBytes = 8 * 1024 * 1024

/**
 * Reads and checks `mailmove.yaml`.
 * @throws ConfigError with every problem at once
 */
export async function loadConfig(path: string, options: LoadConfigOptions): Promise<Config> {
  return parseConfig(await readText(path), path, options)
}

/**
 * Checks the text of a configuration. Relative paths are relative to the folder of `path`; problems name it as it is written here.
 * @throws ConfigError with every problem at once
 */
export function parseConfig(text: string, path: string, options: LoadConfigOptions): Config {
  const yaml = readYamlText(text)
  if (yaml.problems.length > 0)
    throw new ConfigError(
      'config_invalid',
      inOrder(yaml.problems.map((problem) => ({ file: path, ...problem }))),
    )
  const raw = yaml.content ?? {}
  // The shape takes longer to make than all the rest: only when something is empty or wrong.
  const content = hasEmptyValue(raw) ? withoutEmptyValues(raw, [configShape()]) : raw
  const directory = dirname(resolve(path))
  const warnings = new Set<string>()
  const schema = configSchema({
    env: options.env,
    directory,
    mode: options.secrets ?? 'now',
    warn: (warning) => warnings.add(warning),
  })
  // Read once: making code for it takes longer than it saves.
  const parsed = schema.safeParse(content, { jitless: true })
  const problems = [
    ...(parsed.success ? [] : describeIssues(parsed.error.issues, content, configShape())),
    ...rules.flatMap((rule) => rule.check({ content, directory })),
  ]
  if (!parsed.success || problems.length > 0)
    throw new ConfigError('config_invalid', inOrder(problems.map((problem) => place(problem, path, yaml))))
  return completeConfig(
    parsed.data,
    resolve(path),
    [...warnings].map((message) => ({ file: path, line: 1, column: 1, message })),
  )
}

/** The settings of a domain, whether the configuration lists it or not. */
export function domainConfig(config: Config, domain: string): DomainConfig {
  return config.domains.get(foldCase(domain)) ?? defaultDomain
}

function place({ path, key, ...problem }: PlacedProblem, file: string, yaml: YamlText): ConfigProblem {
  return { file, ...(key === undefined ? yaml.positionOf(path) : yaml.positionOfKey(path, key)), ...problem }
}

function inOrder(problems: readonly ConfigProblem[]): ConfigProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
}

async function readText(path: string): Promise<string> {
  const fail = (message: string, suggestion?: string, cause?: unknown): never => {
    const problem = {
      file: path,
      line: 1,
      column: 1,
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    }
    throw new ConfigError('config_unreadable', [problem], cause === undefined ? {} : { cause })
  }
  try {
    // Asked before opening: reading a named pipe would wait for ever.
    const stats = await stat(path)
    if (!stats.isFile()) return fail('this is not a file')
    if (stats.size > maxFileBytes) return fail('this file is too large for a configuration')
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause
    if (cause instanceof TypeError) return fail('this file is not UTF-8', 'save it as UTF-8')
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    if (missing) return fail('there is no such file', 'mailmove init writes one', cause)
    return fail('this file cannot be read', undefined, cause)
  }
}
