import { CommandCheck, type SortedArguments } from '../check/command.ts'
import { interpret, type Interpreted } from '../check/interpret.ts'
import { Scope } from '../check/scope.ts'
import type { CommandContext } from '../check/value.ts'
import { knownExtensions } from '../grammar/extensions.ts'
import type { PositionalRule } from '../grammar/rules.ts'
import type { Argument, Command, Script, StringArgument, Test } from '../syntax/tree.ts'
import { commandsOf, nodesOf, stringsOf } from '../syntax/walk.ts'

/**
 * What the commands of a script mean, whichever server it is for: every extension is taken as there, required or not,
 * branches that are never taken are read as well, and values are not judged.
 */
export class Meaning {
  readonly script: Script
  readonly scope = new Scope()
  /** As required and asked for, in the order of the script. */
  readonly extensions: ReadonlySet<string>
  readonly #context: CommandContext
  readonly #known = new Map<Command | Test, SortedArguments | undefined>()

  constructor(script: Script) {
    this.script = script
    this.extensions = new Set(namedExtensions(script))
    for (const name of understood) this.scope.load(name)
    for (const name of this.extensions) this.scope.load(name)
    this.scope.finishRequire()
    this.#context = { scope: this.scope, lenient: true, report: () => {} }
  }

  /** The arguments sorted out, or undefined when the command is unknown or its arguments are wrong. */
  argumentsOf(node: Command | Test): SortedArguments | undefined {
    if (this.#known.has(node)) return this.#known.get(node)
    const rule = this.scope.command(node.name)
    const sorted = rule === undefined ? undefined : new CommandCheck(node, rule, this.#context).run()
    this.#known.set(node, sorted)
    return sorted
  }

  /** What strings mean under the script's extensions. */
  interpret(string: StringArgument): Interpreted {
    return interpret(string, this.scope)
  }

  /** The texts of an argument, as the script's extensions read them. */
  texts(argument: Argument | undefined): readonly string[] {
    return stringsOf(argument).map((string) => this.interpret(string).text)
  }

  text(argument: Argument | undefined): string | undefined {
    return this.texts(argument)[0]
  }

  /** Each positional argument with its rule. */
  positional(node: Command | Test): readonly { readonly rule: PositionalRule; readonly value: Argument }[] {
    const rules = this.scope.command(node.name)?.positional ?? []
    const values = this.argumentsOf(node)?.positional ?? []
    return rules.flatMap((rule, index) => {
      const value = values[index]
      return value === undefined ? [] : [{ rule, value }]
    })
  }
}

/**
 * What is understood without being required, so that a script that forgot to is read as well. Not what changes the meaning
 * of strings, nor what another extension brings under the same names.
 */
const understood = knownExtensions.filter(
  (name) =>
    !['variables', 'encoded-character', 'imapflags', 'notify', 'spamtest', 'vnd.dovecot.duplicate'].includes(
      name,
    ),
)

function namedExtensions(script: Script): readonly string[] {
  const names: string[] = []
  for (const command of commandsOf(script))
    if (command.name === 'require')
      names.push(...command.arguments.flatMap(stringsOf).map(({ value }) => value))
  for (const node of nodesOf(script))
    if (node.name === 'ihave') names.push(...node.arguments.flatMap(stringsOf).map(({ value }) => value))
  return names
}
