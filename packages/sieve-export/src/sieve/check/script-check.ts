import type { CommandRule } from '../grammar/rules.ts'
import type { Command, Script, Test } from '../syntax/tree.ts'
import { stringsOf } from '../syntax/walk.ts'
import type { CheckOptions } from './options.ts'
import { CommandCheck, type SortedArguments } from './command.ts'
import { interpret } from './interpret.ts'
import { shorten } from './literals.ts'
import { notifyProblem } from './notify.ts'
import type { Finding, Problems } from './problem.ts'
import { Requirements } from './requirements.ts'
import { Scope } from './scope.ts'
import type { CommandContext } from './value.ts'
import { VariablesInUse } from './variables-in-use.ts'

/** What is known of a test before the script runs; `undefined`: it depends on the message. */
type Constant = boolean | undefined

/** An if, elsif or else, as the next of its kind needs to know it. */
interface Branch {
  /** The condition, or false because an earlier branch is always taken. */
  readonly constant: Constant
  readonly taken: boolean
}

interface Place {
  readonly loops: readonly Command[]
  readonly top: boolean
}

const maxLoops = 4

/** Goes through a script as Pigeonhole's validator does; branches that cannot be reached are not looked at. */
export class ScriptCheck {
  readonly #script: Script
  readonly #options: CheckOptions
  readonly #problems: Problems
  readonly #scope = new Scope()
  readonly #requirements: Requirements
  readonly #context: CommandContext
  readonly #notifyMethods: ReadonlySet<string>
  readonly #loopNames = new Map<Command, string>()
  readonly #variables = new VariablesInUse()
  #requiring = true

  constructor(script: Script, options: CheckOptions, problems: Problems) {
    this.#script = script
    this.#options = options
    this.#problems = problems
    this.#notifyMethods = new Set(options.notifyMethods ?? ['mailto'])
    this.#context = {
      scope: this.#scope,
      report: (finding, offset) => this.#problems.add(finding, offset),
    }
    this.#requirements = new Requirements(options, this.#context)
  }

  run(): void {
    this.#block(this.#script.commands, { loops: [], top: true })
  }

  #block(commands: readonly Command[], place: Place): void {
    let branch: Branch | undefined
    let previous: string | undefined
    for (const command of commands) {
      if (place.top && this.#requiring && command.name !== 'require') {
        this.#requiring = false
        this.#requirements.finish(this.#script)
      }
      branch = this.#command(command, { ...place, previous, branch })
      // Servers forget what an unknown command was.
      previous = this.#scope.command(command.name) === undefined ? undefined : command.name
    }
  }

  #command(
    command: Command,
    place: Place & { readonly previous: string | undefined; readonly branch: Branch | undefined },
  ): Branch | undefined {
    const rule = this.#rule(command)
    if (rule === undefined) return undefined
    const sorted = new CommandCheck(command, rule, this.#context).run()
    let fine = sorted !== undefined && this.#testCount(command, rule) && this.#blockFits(command, rule)
    if (fine && sorted !== undefined) fine = this.#inContext(command, sorted, place)
    if (rule.name === 'if' || rule.name === 'elsif' || rule.name === 'else') {
      return fine || sorted !== undefined ? this.#conditional(command, rule, place) : undefined
    }
    if (command.block !== undefined && rule.block === true) {
      const loops = rule.name === 'foreverypart' ? [...place.loops, command] : place.loops
      this.#block(command.block.commands, { loops, top: false })
    }
    return undefined
  }

  #conditional(
    command: Command,
    rule: CommandRule,
    place: Place & { readonly branch: Branch | undefined },
  ): Branch {
    const before = rule.name === 'if' ? undefined : place.branch
    // Not even the tests of a branch behind one that is always taken are looked at.
    if (before?.taken === true) return { constant: false, taken: true }
    const [test] = command.tests
    const constant = test === undefined ? undefined : this.#test(test, place)
    if (constant !== false && command.block !== undefined) {
      this.#block(command.block.commands, { loops: place.loops, top: false })
    }
    return { constant, taken: constant === true }
  }

  #test(test: Test, place: Place): Constant {
    const rule = this.#rule(test)
    if (rule === undefined) return undefined
    const sorted = new CommandCheck(test, rule, this.#context).run()
    if (sorted === undefined || !this.#testCount(test, rule)) return undefined
    switch (rule.name) {
      case 'true':
        return true
      case 'false':
        return false
      case 'not': {
        const [inner] = test.tests
        const constant = inner === undefined ? undefined : this.#test(inner, place)
        return constant === undefined ? undefined : !constant
      }
      case 'anyof':
        return this.#several(test, place, true)
      case 'allof':
        return this.#several(test, place, false)
      case 'envelope':
        this.#envelope(test, sorted)
        return undefined
      case 'ihave':
        return this.#requirements.ihave(stringsOf(sorted.positional[0])) ? undefined : false
      default:
        this.#useVariables(test, sorted)
        return undefined
    }
  }

  /** anyof and allof: one test that decides makes the rest unimportant. */
  #several(test: Test, place: Place, decisive: boolean): Constant {
    let constant: Constant = !decisive
    for (const inner of test.tests) {
      const one = this.#test(inner, place)
      if (one === decisive) return decisive
      if (one === undefined) constant = undefined
    }
    return constant
  }

  #rule(node: Command | Test): CommandRule | undefined {
    const rule = this.#scope.command(node.name)
    const name = shorten(node.name)
    if (rule === undefined) {
      const code = node.kind === 'command' ? 'unknownCommand' : 'unknownTest'
      this.#report(
        { code, message: `there is no ${node.kind} "${name}", or its extension is not required` },
        node,
      )
    } else if (rule.kind !== 'either' && rule.kind !== node.kind) {
      this.#report(
        { code: 'misplaced', message: `"${name}" is a ${rule.kind}, but stands here as a ${node.kind}` },
        node,
      )
      return undefined
    }
    return rule
  }

  #testCount(node: Command | Test, rule: CommandRule): boolean {
    const { tests, testList } = node
    const [first] = tests
    let message: string | undefined
    if (rule.tests === undefined && first !== undefined) {
      message =
        this.#scope.command(first.name)?.kind === 'test'
          ? `"${node.name}" takes no tests`
          : `";" is missing behind "${node.name}"`
    } else if (rule.tests === 'one' && (tests.length !== 1 || testList)) {
      message = `"${node.name}" takes one test${testList ? ', without parentheses' : ''}`
    } else if (rule.tests === 'list' && !testList)
      message = `"${node.name}" takes a list of tests in parentheses`
    if (message !== undefined) this.#report({ code: 'tests', message }, first ?? node)
    return message === undefined
  }

  #blockFits(command: Command, rule: CommandRule): boolean {
    if ((rule.block === true) === (command.block !== undefined)) return true
    const message =
      rule.block === true ? `"${command.name}" needs a block in braces` : `"${command.name}" takes no block`
    this.#report({ code: 'block', message }, command.block ?? command)
    return false
  }

  /** What depends on where a command stands, or on the server. */
  #inContext(
    command: Command,
    sorted: SortedArguments,
    place: Place & { readonly previous: string | undefined },
  ): boolean {
    switch (command.name) {
      case 'require':
        return this.#require(command, sorted, place.top)
      case 'elsif':
      case 'else':
        if (place.previous === 'if' || place.previous === 'elsif') return true
        return this.#misplaced(command, `"${command.name}" has to follow an "if" or "elsif"`)
      case 'foreverypart':
        return this.#loop(command, sorted, place)
      case 'break':
        return this.#break(command, sorted, place)
      case 'extracttext':
        this.#useVariables(command, sorted)
        if (place.loops.length > 0) return true
        return this.#misplaced(command, '"extracttext" has to stand in a "foreverypart"')
      case 'include':
        return this.#include(sorted)
      case 'global':
      case 'import':
      case 'export':
        return this.#globalVariables(command, sorted, place)
      case 'notify': {
        const problem = this.#scope.has('enotify')
          ? notifyProblem(sorted, this.#scope, this.#notifyMethods)
          : undefined
        if (problem !== undefined) this.#problems.add(problem.finding, problem.offset)
        return problem === undefined
      }
      default:
        this.#useVariables(command, sorted)
        return true
    }
  }

  #require(command: Command, sorted: SortedArguments, top: boolean): boolean {
    if (!top || !this.#requiring) {
      return this.#misplaced(command, '"require" has to stand at the beginning, before everything else')
    }
    // One that is refused keeps no other from being loaded.
    const loaded = stringsOf(sorted.positional[0]).map((name) => this.#requirements.load(name))
    return loaded.every(Boolean)
  }

  /** The name of who logged in is no address, so that it has no parts. */
  #envelope(test: Test, sorted: SortedArguments): void {
    this.#useVariables(test, sorted)
    const parts = stringsOf(sorted.positional[0])
    const login = parts.find((part) => interpret(part, this.#scope).text.toLowerCase() === 'auth')
    if (login === undefined || sorted.addressPart === undefined) return
    const message = `":${sorted.addressPart}" does not go with the envelope part "auth", which is no address`
    this.#report({ code: 'value', message }, login)
  }

  #loop(command: Command, sorted: SortedArguments, place: Place): boolean {
    const name = sorted.tags.get('name')
    if (name?.kind === 'string') this.#loopNames.set(command, name.value)
    if (place.loops.length < maxLoops) return true
    return this.#misplaced(command, `"foreverypart" may be nested ${maxLoops} deep`)
  }

  #break(command: Command, sorted: SortedArguments, place: Place): boolean {
    const name = sorted.tags.get('name')
    const wanted = name?.kind === 'string' ? name.value : undefined
    if (place.loops.some((loop) => wanted === undefined || this.#loopNames.get(loop) === wanted)) return true
    const which = wanted === undefined ? '' : ` named "${shorten(wanted)}"`
    return this.#misplaced(command, `"break" has to stand in a "foreverypart"${which}`)
  }

  #include(sorted: SortedArguments): boolean {
    const [script] = stringsOf(sorted.positional[0])
    if (script === undefined) return true
    const where = sorted.tags.has('global') ? 'global' : 'personal'
    const there = this.#options.includes?.[where] ?? where === 'personal'
    if (there) return true
    const { text } = interpret(script, this.#scope)
    const message = `the server has no ${where} scripts, so "${shorten(text)}" cannot be included`
    return this.#refuse({ code: 'include', message }, script)
  }

  #globalVariables(
    command: Command,
    sorted: SortedArguments,
    place: Place & { readonly previous: string | undefined },
  ): boolean {
    const early = new Set([undefined, 'require', 'import', 'export'])
    if (command.name !== 'global' && (!place.top || !early.has(place.previous))) {
      return this.#misplaced(command, `"${command.name}" has to stand at the beginning, behind "require"`)
    }
    if (!this.#scope.has('variables')) {
      const message = `"${command.name}" needs the extension "variables"`
      return this.#refuse({ code: 'missingExtension', message }, command)
    }
    return stringsOf(sorted.positional[0]).every((name) => {
      const finding = this.#variables.declareGlobal(name)
      return finding === undefined || this.#refuse(finding, name)
    })
  }

  #useVariables(node: Command | Test, sorted: SortedArguments): void {
    if (this.#scope.has('variables')) this.#variables.note(node, sorted)
  }

  #misplaced(command: Command, message: string): false {
    return this.#refuse({ code: 'misplaced', message }, command)
  }

  #refuse(finding: Finding, place: { readonly start: number }): false {
    this.#report(finding, place)
    return false
  }

  #report(finding: Finding, place: { readonly start: number }): void {
    this.#problems.add(finding, place.start)
  }
}
