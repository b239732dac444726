import type { ConfigProblem } from './config.ts'

/**
 * - `config_unreadable`: no such file, no permission, too large
 * - `config_invalid`: see `problems`
 */
export type ConfigErrorCode = 'config_unreadable' | 'config_invalid'

/** The configuration cannot be used. Holds every problem, in the order of the file; never a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code: ConfigErrorCode
  readonly problems: readonly ConfigProblem[]

  constructor(
    code: ConfigErrorCode,
    problems: readonly ConfigProblem[],
    options: { readonly cause?: unknown } = {},
  ) {
    super(
      problems.map(formatConfigProblem).join('\n'),
      'cause' in options ? { cause: options.cause } : undefined,
    )
    this.code = code
    this.problems = problems
  }
}

/** `file:line:column: message (suggestion)`, as editors and terminals understand it. */
export function formatConfigProblem(problem: ConfigProblem): string {
  const suggestion = problem.suggestion === undefined ? '' : ` (${problem.suggestion})`
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}${suggestion}`
}
