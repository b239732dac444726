import type { Command, StringArgument, Test } from '../syntax/tree.ts'
import { stringsOf } from '../syntax/walk.ts'
import { variableName } from '../values/substitutions.ts'
import type { SortedArguments } from './command.ts'
import { shorten } from './literals.ts'
import type { Finding } from './problem.ts'

/** RFC 6609 §3.4.3: a variable that was used as a local one cannot be declared global any more. */
export class VariablesInUse {
  readonly #local = new Set<string>()
  readonly #global = new Set<string>()

  note(node: Command | Test, sorted: SortedArguments): void {
    const values = [...sorted.tags.values(), ...sorted.positional].flatMap(stringsOf)
    for (const { value } of values)
      for (const [, name = ''] of value.matchAll(/\$\{([a-z_]\w*)\}/gi)) this.#use(name.toLowerCase())
    if (node.name !== 'set' && node.name !== 'extracttext') return
    const [target] = stringsOf(sorted.positional[0])
    const name = target === undefined ? undefined : variableName(target.value)
    if (name !== undefined) this.#use(name.name)
  }

  declareGlobal(name: StringArgument): Finding | undefined {
    const lower = name.value.toLowerCase()
    if (!/^[a-z_]\w{0,62}$/.test(lower)) {
      return { code: 'variable', message: `"${shorten(name.value)}" is no name of a variable` }
    }
    if (this.#local.has(lower)) {
      return { code: 'variable', message: `the variable "${lower}" was used before, as a local one` }
    }
    this.#global.add(lower)
    return undefined
  }

  #use(variable: string): void {
    if (!this.#global.has(variable)) this.#local.add(variable)
  }
}
