import { isSieveSyntaxError, type SieveSyntaxError } from '../syntax/errors.ts'
import { parse, type ParseOptions } from '../syntax/parse.ts'
import type { CheckOptions } from './options.ts'
import type { Command, Script } from '../syntax/tree.ts'
import { ScriptCheck } from './script-check.ts'
import { Problems, type SieveProblem } from './problem.ts'

export interface CheckResult {
  /** True: a server of this kind takes the script (CHECKSCRIPT, PUTSCRIPT). */
  readonly ok: boolean
  /** In the order of the script. */
  readonly problems: readonly SieveProblem[]
  /** What the script requires, as written, each once. */
  readonly required: readonly string[]
}

/**
 * Says what a server says of a script: Pigeonhole's rules, held against a real one. A script that is no Sieve is a
 * problem in the result; nothing is thrown.
 */
export function check(script: Script | Uint8Array | string, options: CheckOptions): CheckResult {
  const tree = treeOf(script, options)
  if (tree instanceof Error) return { ok: false, problems: [syntaxProblem(tree)], required: [] }
  const problems = new Problems(tree.source, options.maxProblems ?? 100)
  const { maxScriptBytes } = options
  if (maxScriptBytes !== undefined && tree.source.length > maxScriptBytes) {
    const message = `the script has ${tree.source.length} bytes, the server takes ${maxScriptBytes}`
    problems.add({ code: 'tooLarge', message }, 0)
  }
  new ScriptCheck(tree, options, problems).run()
  return { ok: problems.errors === 0, problems: problems.sorted(), required: requiredExtensions(tree) }
}

/** The extensions that a script requires, each once, in its order. */
export function requiredExtensions(script: Script): readonly string[] {
  const names = script.commands.filter(isRequire).flatMap((command) =>
    command.arguments.flatMap((argument) => {
      if (argument.kind === 'strings') return argument.items.map((item) => item.value)
      return argument.kind === 'string' ? [argument.value] : []
    }),
  )
  return [...new Set(names)]
}

function isRequire(command: Command): boolean {
  return command.name === 'require'
}

function treeOf(script: Script | Uint8Array | string, options: ParseOptions): Script | SieveSyntaxError {
  if (typeof script !== 'string' && !(script instanceof Uint8Array)) return script
  try {
    return parse(script, options)
  } catch (error) {
    if (isSieveSyntaxError(error)) return error
    throw error
  }
}

function syntaxProblem({ code, reason, line, column, offset }: SieveSyntaxError): SieveProblem {
  return { code, severity: 'error', message: reason, line, column, offset }
}
