import type { ExitCode } from './exit-codes.ts'
import { exitCodeMeanings } from './exit-codes.ts'

export interface CommandHelp {
  readonly examples: readonly string[]
  /** What holds when it says done; lines of at most 78 columns. */
  readonly guarantees: readonly string[]
  readonly exitCodes: readonly ExitCode[]
}

/** What follows the options in a command's help. */
export function helpText({ examples, guarantees, exitCodes }: CommandHelp): string {
  return [
    '',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.map((example) => `  ${example}`),
    '',
    'What it guarantees:',
    ...guarantees.map((line) => `  ${line}`),
    '',
    'Exit codes:',
    ...exitCodes.map((code) => `  ${String(code).padStart(3)}  ${exitCodeMeanings[code]}`),
  ].join('\n')
}
