/** Which decision the caller has to make. */
export type NotifyErrorCode =
  /** A template, or the folder with them: `problems` says where and what. The admin mends it. */
  | 'template'
  /** What was given to be rendered, composed or sent cannot be: a bug of the caller, or data from outside. */
  | 'usage'
  /** No connection to the mail server, or it was lost; again later. */
  | 'connect'
  /** The certificate, or no TLS where it was asked for. */
  | 'tls'
  /** The login was refused. */
  | 'login'
  /** The server refused the message or every recipient for good (5xx). */
  | 'refused'
  /** The server does not want it now (4xx); again later. */
  | 'busy'
  /** The server answers nonsense. */
  | 'protocol'

/** Base of everything that this package throws. Messages hold no secret and no unbounded text of a peer. */
export abstract class NotifyError extends Error {
  override readonly name: string = 'NotifyError'
  abstract readonly code: NotifyErrorCode
}

/** Whether this is an error of this package, whatever copy of it threw. */
export function isNotifyError(error: unknown): error is NotifyError {
  return error instanceof NotifyError
}

/** One thing that is wrong in the templates. Lines and columns count from 1. */
export interface TemplateProblem {
  /** As the caller knows it: the project folder's path, or `de/hand-over.md` among the built-in ones. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  /** What was probably meant, or what to write. */
  readonly suggestion?: string
}

/** A template cannot be used. `file`, `line`, `column` are those of the first problem. */
export class TemplateError extends NotifyError {
  override readonly name = 'TemplateError'
  override readonly code = 'template'
  readonly problems: readonly TemplateProblem[]
  readonly file: string
  readonly line: number
  readonly column: number
  readonly suggestion: string | undefined

  constructor(problems: readonly [TemplateProblem, ...TemplateProblem[]], options?: ErrorOptions) {
    super(problems.map(problemLine).join('\n'), options)
    this.problems = problems
    const [first] = problems
    this.file = first.file
    this.line = first.line
    this.column = first.column
    this.suggestion = first.suggestion
  }
}

function problemLine({ file, line, column, message, suggestion }: TemplateProblem): string {
  const hint = suggestion === undefined ? '' : ` (${suggestion})`
  return `${file}:${line}:${column}: ${message}${hint}`
}

/** What was passed cannot be rendered, composed or sent: no address, a date that is none, a line break in a header name. */
export class NoticeUsageError extends NotifyError {
  override readonly name = 'NoticeUsageError'
  override readonly code = 'usage'
}
