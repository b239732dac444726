import type { Failure, Problem } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { visible } from '../ui/text.ts'
import { renderFindings } from './findings.ts'
import { blocks, paragraph, type RenderStyle } from './style.ts'

/** An error for people: what is wrong, all of it, and the way out. */
export function renderFailure(failure: Failure, style: RenderStyle): string {
  const { message, remedy, problems = [], findings = [], stack } = failure
  const label = failure.code === 'interrupted' ? '' : `${style.paint('red', 'error:')} `
  return blocks([
    [
      ...problems.map((problem) => renderProblem(problem, style)),
      paragraph(style.typed(message), '  ', style, label),
      ...(remedy === undefined || findings.length > 0 ? [] : [renderRemedy(remedy, style)]),
    ].join('\n'),
    renderFindings(findings, style),
    remedy === undefined || findings.length === 0 ? '' : renderRemedy(remedy, style),
    style.verbose && stack !== undefined ? stack.split('\n').map(visible).join('\n') : '',
  ])
}

/** `file:line:column: message`, as editors and terminals understand it. */
function renderProblem({ file, line, column, message, suggestion }: Problem, { paint }: RenderStyle): string {
  const place = visible(`${file}:${line}:${column}:`)
  const way = suggestion === undefined ? '' : ` (${visible(suggestion)})`
  return `${paint('bold', place)} ${visible(message)}${way}`
}

function renderRemedy(remedy: string, style: RenderStyle): string {
  return paragraph(style.typed(remedy), '  ', style, '→ ')
}

/** The document of `--json` for a run that failed. */
export interface ErrorDocument {
  readonly schema: 'mailmove.error/1'
  readonly code: string
  readonly message: string
  /** The way out, as a sentence or a command line; null when there is nothing to advise. */
  readonly remedy: string | null
  readonly exitCode: ExitCode
  readonly problems?: Failure['problems']
  readonly findings?: Failure['findings']
  /** What became of the rest, as the command's ordinary document. */
  readonly report?: Failure['report']
}

export function errorDocument({ code, message, remedy, exitCode, ...details }: Failure): ErrorDocument {
  const { problems, findings, report } = details
  return {
    schema: 'mailmove.error/1',
    code,
    message,
    remedy: remedy ?? null,
    exitCode,
    ...(problems === undefined ? {} : { problems }),
    ...(findings === undefined ? {} : { findings }),
    ...(report === undefined ? {} : { report }),
  }
}
