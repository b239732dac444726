import { LiquidError, TokenizationError, UndefinedVariableError } from 'liquidjs'
import type { TemplateProblem } from '../errors.ts'
import { cleanLine } from '../markdown/clean.ts'
import { closest } from './closest.ts'
import { columnInSource } from './whole-line-tags.ts'

export interface KnownNames {
  readonly tags: readonly string[]
  readonly filters: readonly string[]
  readonly variables: readonly string[]
  readonly partials: readonly string[]
  /** The path that people know, of a name that Liquid knows. */
  readonly fileOf: (name: string) => string
}

/** What Liquid, or a filter, said, as a problem with its place; undefined for an error that is none of a template. */
export function problemOf(error: unknown, names: KnownNames, file: string): TemplateProblem | undefined {
  if (!LiquidError.is(error)) return undefined
  // The innermost has the place: an error in a partial is wrapped by the one that includes it.
  let innermost: LiquidError = error
  while (LiquidError.is(innermost.originalError)) innermost = innermost.originalError
  const { token, originalError } = innermost
  const [line = 1, made = 1] = token.getPosition()
  const column = columnInSource(token.input, line, made)
  const said = originalError?.message ?? innermost.message
  const message = cleanLine(said.replace(/, file:.*$/su, '').replace(/, line:.*$/su, ''), 300)
  const at = { file: token.file === undefined ? file : names.fileOf(token.file), line, column }
  return { ...at, ...worded(message, innermost, names) }
}

function worded(
  message: string,
  error: LiquidError,
  names: KnownNames,
): Pick<TemplateProblem, 'message' | 'suggestion'> {
  const named = (pattern: RegExp): string | undefined => pattern.exec(message)?.[1]
  const variable = error instanceof UndefinedVariableError ? named(/^undefined variable: (.*)$/u) : undefined
  if (variable !== undefined)
    return withHint(
      `there is no ${variable}`,
      closest(variable.split('.').at(-1) ?? variable, names.variables),
    )
  const filter = named(/^undefined filter: (.*)$/u)
  if (filter !== undefined) return withHint(`there is no filter ${filter}`, closest(filter, names.filters))
  const tag = named(/^tag "(.*)" not found$/u)
  if (tag !== undefined) return withHint(`there is no tag ${tag}`, closest(tag, names.tags))
  const partial = named(/Failed to lookup "(.*?)"/u)
  if (partial !== undefined)
    return withHint(`there is no partials/${partial}.md`, closest(partial, names.partials))
  if (error instanceof TokenizationError || message !== '') return { message }
  return { message: 'this template cannot be read' }
}

function withHint(
  message: string,
  suggestion: string | undefined,
): Pick<TemplateProblem, 'message' | 'suggestion'> {
  return suggestion === undefined ? { message } : { message, suggestion }
}
