/**
 * - `file_unreadable`: missing, no permission, not a file
 * - `file_too_large`: beyond the limit
 * - `format_unknown`: neither said nor to be seen from the file's name
 * - `file_invalid`: its content is wrong, see `problems`
 * - `database_url`: the URL of a database cannot be used
 * - `database_unreachable`: no connection, or it broke
 * - `database_login`: user, password or rights are wrong
 * - `database_schema`: reachable, but no PostfixAdmin lives there
 * - `database_too_large`: more rows than any real installation has
 * - `postfix_unreadable`: Postfix' configuration or one of its tables cannot be read
 * - `smtp_unreachable`: an SMTP server cannot be asked
 * - `smtp_refused`: an SMTP server does not take a message of ours
 * - `postfix_refuses`: a change of Postfix' files cannot be made, or Postfix does not accept it
 */
export type OldServerErrorCode =
  | 'file_unreadable'
  | 'file_too_large'
  | 'format_unknown'
  | 'file_invalid'
  | 'database_url'
  | 'database_unreachable'
  | 'database_login'
  | 'database_schema'
  | 'database_too_large'
  | 'postfix_unreadable'
  | 'postfix_refuses'
  | 'smtp_unreachable'
  | 'smtp_refused'

/** Base of everything that this package throws. */
export class OldServerError extends Error {
  override readonly name: string = 'OldServerError'
  readonly code: OldServerErrorCode

  constructor(code: OldServerErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
  }
}

/** One thing that is wrong in an inventory file. Lines and columns count from 1. */
export interface FileProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  /** What was probably meant. */
  readonly suggestion?: string
}

/** The file can be read, but what it says is wrong. Holds all problems, in the order of the file. */
export class InventoryFileError extends OldServerError {
  override readonly name = 'InventoryFileError'
  readonly problems: readonly FileProblem[]

  constructor(problems: readonly FileProblem[]) {
    super('file_invalid', problems.map(formatFileProblem).join('\n'))
    this.problems = problems
  }
}

/** `file:line:column: message (suggestion)`, as editors and terminals understand it. */
export function formatFileProblem(problem: FileProblem): string {
  const suggestion = problem.suggestion === undefined ? '' : ` (${problem.suggestion})`
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}${suggestion}`
}
