import type { Finding, GateError } from '@iteg/migration'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { InterruptedError } from './interrupts.ts'

/** One thing that is wrong in the configuration. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly suggestion?: string
}

/** An error as people and scripts get to see it. */
export interface Failure {
  readonly exitCode: ExitCode
  /** Stable; for scripts. */
  readonly code: string
  readonly message: string
  /** The way out. */
  readonly remedy?: string
  /** All problems of a configuration at once. */
  readonly problems?: readonly Problem[]
  /** The red findings that stopped it. */
  readonly findings?: readonly Finding[]
  /** What became of the rest of the run, where a stage was stopped for some domains only. */
  readonly report?: NonNullable<GateError['report']>
  /** For a bug report; with `--verbose` only. */
  readonly stack?: string
}

/** The command line is wrong in a way that only the command itself can see. */
export class CommandUsageError extends Error {
  override readonly name = 'CommandUsageError'
  readonly code = 'usage'
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

// Errors are recognised by their codes: importing every library only to ask `instanceof` would cost the start-up
// time that lazy commands save.
const exitByCode: Readonly<Record<string, ExitCode>> = {
  // @iteg/migration, stages
  usage: exitCodes.usage,
  gate: exitCodes.stopped,
  server: exitCodes.serverFailed,
  'not-done': exitCodes.serverFailed,
  // @iteg/notify: `usage` is above
  template: exitCodes.usage,
  // the ledger
  ledger_missing: exitCodes.stopped,
  ledger_newer: exitCodes.usage,
  ledger_damaged: exitCodes.serverFailed,
  ledger_busy: exitCodes.serverFailed,
  ledger_inaccessible: exitCodes.serverFailed,
  domain_locked: exitCodes.stopped,
  folder_map_frozen: exitCodes.stopped,
  // the key file and what it seals
  key_missing: exitCodes.usage,
  key_exists: exitCodes.usage,
  key_readable_by_others: exitCodes.usage,
  key_inside_work_dir: exitCodes.usage,
  key_malformed: exitCodes.usage,
  key_inaccessible: exitCodes.usage,
  wrong_key: exitCodes.usage,
  secret_damaged: exitCodes.stopped,
}

/** What our libraries' errors have in common; all of it may be missing. */
interface LibraryError extends Error {
  readonly code?: unknown
  readonly hint?: string
  readonly remedy?: string
  readonly problems?: readonly Problem[]
  readonly findings?: readonly Finding[]
  readonly report?: GateError['report']
  /** The operating system's errors. */
  readonly syscall?: string
}

/** Every error ends here, and here only an exit code is chosen for it. */
export function explain(thrown: unknown): Failure {
  if (thrown instanceof InterruptedError)
    return { exitCode: exitCodes.interrupted, code: 'interrupted', message: thrown.message }
  if (!(thrown instanceof Error)) return bug(new Error(String(thrown)))
  if (thrown.name === 'DidYouMeanError') {
    const failure = explain(thrown.cause)
    return { ...failure, remedy: [thrown.message, failure.remedy ?? ''].join(' ').trim() }
  }
  const error: LibraryError = thrown
  const code = typeof error.code === 'string' ? error.code : undefined
  if (code === undefined) return bug(error)
  const remedy = error.hint ?? error.remedy
  const common = { code, message: sentence(error.message), ...(remedy === undefined ? {} : { remedy }) }
  if (error.problems !== undefined) return configFailure(common, error.problems)
  const exitCode = exitByCode[code]
  if (exitCode !== undefined) {
    const { findings = [], report } = error
    return {
      ...common,
      exitCode,
      ...(findings.length === 0 ? {} : { findings }),
      ...(report === undefined ? {} : { report }),
    }
  }
  // A library's error that no stage has put into its own words, or the system's: a server, the network, the disk.
  if (error.syscall !== undefined || /^(?:Mailcow|Imap)/.test(error.name))
    return { ...common, exitCode: exitCodes.serverFailed }
  return bug(error)
}

function configFailure(common: Pick<Failure, 'code' | 'message'>, problems: readonly Problem[]): Failure {
  const [first] = problems
  const file = first?.file ?? 'mailmove.yaml'
  return {
    ...common,
    exitCode: exitCodes.usage,
    message:
      common.code === 'config_unreadable'
        ? `${file}: ${first?.message ?? common.message}`
        : `${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was done.`,
    ...(common.code === 'config_unreadable'
      ? { remedy: first?.suggestion ?? 'Name another one with --config FILE.' }
      : { remedy: 'Correct the lines that are named and run it again.', problems }),
  }
}

function bug(error: Error): Failure {
  return {
    exitCode: exitCodes.bug,
    code: 'bug',
    message: `This should not happen: ${sentence(error.message)}`,
    remedy: 'Run it again with --verbose and report what it prints. Nothing that was done is lost.',
    stack: stackOf(error),
  }
}

/** The stack with its causes; not their other fields, which might hold what nobody should see. */
function stackOf(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause instanceof Error ? `${own}\ncaused by: ${stackOf(error.cause)}` : own
}

function sentence(message: string): string {
  const text = message.trim()
  return text === '' ? 'An error without a message.' : text
}
