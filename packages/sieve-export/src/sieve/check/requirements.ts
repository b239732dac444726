import { extensionRule } from '../grammar/extensions.ts'
import type { Script, StringArgument } from '../syntax/tree.ts'
import { stringsOf } from '../syntax/walk.ts'
import { shorten } from './literals.ts'
import type { CheckOptions } from './options.ts'
import type { Finding } from './problem.ts'
import type { CommandContext } from './value.ts'

/** What a script requires, against what the server offers. */
export class Requirements {
  readonly #offered: ReadonlySet<string>
  readonly #restricted: ReadonlySet<string>
  readonly #context: CommandContext

  constructor(options: CheckOptions, context: CommandContext) {
    this.#offered = new Set([...options.extensions, 'comparator-i;octet', 'comparator-i;ascii-casemap'])
    this.#restricted = new Set(options.globalExtensions)
    this.#context = context
  }

  /** `require` of one extension; false when the server refuses it. */
  load(name: StringArgument): boolean {
    const finding = this.#problem(name.value)
    if (finding === undefined) this.#context.scope.load(name.value)
    else this.#context.report(finding, name.start)
    return finding === undefined
  }

  #problem(name: string): Finding | undefined {
    const quoted = `"${shorten(name)}"`
    if (this.#restricted.has(name) && !this.#offered.has(name)) {
      const message = `the server reserves the extension ${quoted} for its own scripts`
      return { code: 'restrictedExtension', message }
    }
    if (!this.#offered.has(name)) {
      return { code: 'unknownExtension', message: `the server has no extension ${quoted}` }
    }
    const conflict = extensionRule(name)?.conflicts?.find((other) => this.#context.scope.has(other))
    if (conflict === undefined) return undefined
    return {
      code: 'conflictingExtensions',
      message: `the extensions ${quoted} and "${conflict}" exclude each other`,
    }
  }

  /** All `require`s were read: whether each extension has those that it builds on. */
  finish(script: Script): void {
    const { scope } = this.#context
    scope.finishRequire()
    const count = script.commands.findIndex((command) => command.name !== 'require')
    const names = script.commands.slice(0, count).flatMap((command) => command.arguments.flatMap(stringsOf))
    for (const { value, start } of names) {
      const missing = extensionRule(value)?.needs?.find((other) => !scope.has(other))
      if (missing === undefined || !scope.has(value)) continue
      this.#context.report(
        { code: 'missingExtension', message: `the extension "${value}" needs the extension "${missing}"` },
        start,
      )
    }
  }

  /** RFC 5463 §4: loads the extensions when all are there; false: the test fails on this server. */
  ihave(names: readonly StringArgument[]): boolean {
    const values = names.map((name) => name.value)
    if (!values.every((value) => this.#offered.has(value))) return false
    if (values.includes('variables') || values.includes('encoded-character')) return false
    for (const name of names) this.load(name)
    return true
  }
}
