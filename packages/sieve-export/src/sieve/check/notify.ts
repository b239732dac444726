import { stringsOf } from '../syntax/walk.ts'
import { addressProblem } from '../values/address.ts'
import { mailtoProblem } from '../values/mailto.ts'
import type { SortedArguments } from './command.ts'
import { interpret } from './interpret.ts'
import { shorten } from './literals.ts'
import type { Finding } from './problem.ts'
import type { Scope } from './scope.ts'

/**
 * What a server says of the method, options and sender of an enotify `notify` (RFC 5435 §3). Nothing is known before
 * the script runs when the method holds variables.
 */
export function notifyProblem(
  sorted: SortedArguments,
  scope: Scope,
  methods: ReadonlySet<string>,
): { readonly finding: Finding; readonly offset: number } | undefined {
  const [method] = stringsOf(sorted.positional[0])
  if (method === undefined) return undefined
  const { text, literal } = interpret(method, scope)
  if (!literal) return undefined
  const wrongMethod = methodProblem(text, methods)
  if (wrongMethod !== undefined) return { finding: wrongMethod, offset: method.start }
  for (const sender of stringsOf(sorted.tags.get('from'))) {
    const from = interpret(sender, scope)
    const problem = from.literal ? addressProblem(from.text) : undefined
    if (problem === undefined) continue
    const message = `"${shorten(from.text)}" is no address: ${problem}`
    return { finding: { code: 'address', message }, offset: sender.start }
  }
  for (const string of stringsOf(sorted.tags.get('options'))) {
    const option = interpret(string, scope)
    if (!option.literal || /^[a-z\d][\w.-]*=[^\r\n]*$/i.test(option.text)) continue
    const message = `"${shorten(option.text)}" is no option such as "name=value"`
    return { finding: { code: 'value', message }, offset: string.start }
  }
  return undefined
}

function methodProblem(text: string, methods: ReadonlySet<string>): Finding | undefined {
  const scheme = /^([a-z][a-z\d+.-]{0,32}):/i.exec(text)?.[1]
  if (scheme === undefined) {
    return { code: 'value', message: `"${shorten(text)}" is no URI of a notification method` }
  }
  if (!methods.has(scheme.toLowerCase())) {
    return { code: 'value', message: `the server does not know the notification method "${scheme}"` }
  }
  const problem = scheme.toLowerCase() === 'mailto' ? mailtoProblem(text.slice(scheme.length + 1)) : undefined
  return problem === undefined ? undefined : { code: 'address', message: problem }
}
