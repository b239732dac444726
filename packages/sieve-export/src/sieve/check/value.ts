import type { ValueRule } from '../grammar/rules.ts'
import type { Argument, NumberArgument, StringArgument } from '../syntax/tree.ts'
import { stringsOf } from '../syntax/walk.ts'
import { variableName } from '../values/substitutions.ts'
import { interpret } from './interpret.ts'
import { literalProblem, shorten } from './literals.ts'
import type { Finding } from './problem.ts'
import type { Scope } from './scope.ts'

/** What the check of one command needs to know besides. */
export interface CommandContext {
  readonly scope: Scope
  /** Values are not judged, only their kind. */
  readonly lenient?: boolean
  report(finding: Finding, offset: number): void
}

/** Checks a value of the right kind; false when the server refuses it (and that was reported). */
export function valueIsFine(value: Argument, rule: ValueRule, context: CommandContext): boolean {
  if (context.lenient === true) return true
  if (value.kind === 'number') return numberIsFine(value, rule, context)
  // Pigeonhole judges the name of a header to delete only when it is a single string.
  const { check: _, ...unchecked } = rule
  const judged = value.kind === 'strings' && rule.check === 'headerNameStrict' ? unchecked : rule
  return stringsOf(value).every((string) => stringIsFine(string, judged, context))
}

function numberIsFine(value: NumberArgument, rule: ValueRule, context: CommandContext): boolean {
  const tooLarge = rule.check === 'index' && value.value > 0x7f_ff_ff_ff
  if (!tooLarge && !(rule.check === 'positive' && value.value === 0)) return true
  return refuse({ code: 'value', message: `${value.value} is no ${rule.name}` }, value, context)
}

function stringIsFine(string: StringArgument, rule: ValueRule, context: CommandContext): boolean {
  if (rule.check === 'variable' || rule.check === 'readVariable') {
    const finding = variableProblem(string.value, rule.check === 'readVariable', context.scope)
    return finding === undefined || refuse(finding, string, context)
  }
  if (rule.check === 'capability') return true
  const { text, literal, invalid } = interpret(string, context.scope)
  if (invalid !== undefined)
    return refuse({ code: 'value', message: `${invalid} is no character` }, string, context)
  if (!literal) {
    if (rule.literal !== true) return true
    return refuse({ code: 'arguments', message: `the ${rule.name} may not hold variables` }, string, context)
  }
  if (rule.check === undefined) return true
  const finding = literalProblem(rule.check, { text, invalidUtf8: string.invalidAt !== undefined })
  if (finding === undefined) return true
  context.report(finding, string.invalidAt ?? string.start)
  return finding.severity === 'warning'
}

/** RFC 5229 §3: names of variables. `reading`: as `hasflag` does; else it is to be set. */
function variableProblem(text: string, reading: boolean, scope: Scope): Finding | undefined {
  if (!scope.has('variables')) {
    return { code: 'missingExtension', message: 'naming a variable needs the extension "variables"' }
  }
  const name = variableName(text)
  if (name === undefined) return { code: 'variable', message: `"${shorten(text)}" is no name of a variable` }
  if (name.numeric) {
    if (!reading) return { code: 'variable', message: 'match values cannot be set' }
    return Number(name.name) <= 32 ? undefined : { code: 'variable', message: 'there are 32 match values' }
  }
  if (name.namespace === undefined) return undefined
  if (!scope.namespaces.has(name.namespace)) {
    return { code: 'variable', message: `there is no namespace "${name.namespace}" of variables` }
  }
  return reading ? undefined : { code: 'variable', message: `variables in "${name.namespace}" cannot be set` }
}

function refuse(finding: Finding, place: { readonly start: number }, context: CommandContext): false {
  context.report(finding, place.start)
  return false
}
