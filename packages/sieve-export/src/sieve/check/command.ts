import type { CommandRule, MatchTypeRule, PositionalRule, TagRule, ValueRule } from '../grammar/rules.ts'
import type { Argument, Command, NumberArgument, StringArgument, TagArgument, Test } from '../syntax/tree.ts'
import { stringsOf } from '../syntax/walk.ts'
import { regexProblem } from '../values/regex.ts'
import { interpret } from './interpret.ts'
import { shorten } from './literals.ts'
import type { Finding } from './problem.ts'
import type { ResolvedTag } from './scope.ts'
import { type CommandContext, valueIsFine } from './value.ts'

/** The arguments of a command, sorted out; also for those who want to know what a valid script means. */
export interface SortedArguments {
  readonly tags: ReadonlyMap<string, Argument | undefined>
  readonly match?: string
  readonly comparator?: string
  readonly addressPart?: string
  /** As in the rule; an optional first argument that is absent is undefined. */
  readonly positional: readonly (Argument | undefined)[]
}

interface Reading {
  readonly tags: Map<string, Argument | undefined>
  readonly groups: Set<string>
  readonly modifiers: Map<number, string>
  match?: MatchTypeRule
  matchArgument?: TagArgument
  comparator?: string
  addressPart?: string
}

/** Checks tags and positional arguments as a server does; undefined when they are wrong (and reported). */
export class CommandCheck {
  readonly #node: Command | Test
  readonly #rule: CommandRule
  readonly #context: CommandContext
  readonly #reading: Reading = { tags: new Map(), groups: new Set(), modifiers: new Map() }

  constructor(node: Command | Test, rule: CommandRule, context: CommandContext) {
    this.#node = node
    this.#rule = rule
    this.#context = context
  }

  run(): SortedArguments | undefined {
    const rest = this.#tags()
    if (rest === undefined || !this.#requiredTags()) return undefined
    const positional = this.#positional(rest)
    if (positional === undefined || !this.#matchWorks(positional)) return undefined
    const { tags, match, comparator, addressPart } = this.#reading
    return {
      tags,
      positional,
      ...(match === undefined ? {} : { match: match.name }),
      ...(comparator === undefined ? {} : { comparator }),
      ...(addressPart === undefined ? {} : { addressPart }),
    }
  }

  /** Reads the tags; returns what follows them. */
  #tags(): readonly Argument[] | undefined {
    const args = this.#node.arguments
    const unknown = args.find((arg) => arg.kind === 'tag' && this.#resolve(arg) === undefined)
    if (unknown?.kind === 'tag') {
      return this.#fail('unknownTag', `"${this.#node.name}" has no ":${unknown.name}"`, unknown)
    }
    let at = 0
    for (let arg = args[at]; arg?.kind === 'tag'; arg = args[at]) {
      const used = this.#tag(arg, args.slice(at + 1, at + 3))
      if (used === undefined) return undefined
      at += used
    }
    const late = args.slice(at).find((arg) => arg.kind === 'tag')
    if (late?.kind === 'tag')
      return this.#fail('misplaced', `":${late.name}" has to stand before the other arguments`, late)
    return args.slice(at)
  }

  #resolve(tag: TagArgument): ResolvedTag | undefined {
    return this.#context.scope.tag(this.#rule, tag.name)
  }

  /** How many arguments the tag takes, itself included. */
  #tag(tag: TagArgument, following: readonly Argument[]): number | undefined {
    const [next] = following
    const resolved = this.#resolve(tag)
    if (resolved === undefined) return undefined
    switch (resolved.kind) {
      case 'tag':
        return this.#plainTag(tag, resolved.rule, next)
      case 'comparator':
        return this.#comparatorTag(tag, next)
      case 'addressPart':
        this.#reading.addressPart = tag.name
        return this.#once(tag, 'address part') ? 1 : undefined
      case 'match':
        return this.#matchTag(tag, resolved.match, following)
      case 'modifier':
        return this.#modifierTag(tag, resolved.precedence)
      default:
        return undefined
    }
  }

  /** RFC 5229 §4: of one precedence only one. */
  #modifierTag(tag: TagArgument, precedence: number): 1 | undefined {
    const { modifiers, tags } = this.#reading
    const other = modifiers.get(precedence)
    modifiers.set(precedence, tag.name)
    tags.set(tag.name, undefined)
    if (other === undefined) return 1
    return this.#fail('repeatedTag', `":${tag.name}" and ":${other}" exclude each other`, tag)
  }

  #plainTag(tag: TagArgument, rule: TagRule, next: Argument | undefined): 1 | 2 | undefined {
    if (rule.extension !== undefined && !this.#context.scope.has(rule.extension)) {
      return this.#fail('missingExtension', `":${rule.name}" needs the extension "${rule.extension}"`, tag)
    }
    if (rule.repeatable !== true && !this.#once(tag, rule.group ?? rule.name)) return undefined
    if (rule.value === undefined) {
      this.#reading.tags.set(rule.name, undefined)
      return 1
    }
    if (!this.#tagValue(tag, rule.value, next)) return undefined
    this.#reading.tags.set(rule.name, next)
    return 2
  }

  #comparatorTag(tag: TagArgument, next: Argument | undefined): 2 | undefined {
    if (!this.#once(tag, 'comparator')) return undefined
    if (!this.#tagValue(tag, { name: 'comparator', kind: 'string' }, next) || next?.kind !== 'string')
      return undefined
    const { text, literal } = interpret(next, this.#context.scope)
    const name = text.toLowerCase()
    if (!literal) return this.#fail('arguments', 'the comparator may not hold variables', next)
    if (!this.#context.scope.comparators.has(name)) {
      return this.#fail('value', `the comparator "${shorten(text)}" is unknown or not required`, next)
    }
    this.#reading.comparator = name
    return 2
  }

  /** The relation of `:value` and `:count`, and the key where it follows at once. */
  #matchTag(tag: TagArgument, match: MatchTypeRule, following: readonly Argument[]): number | undefined {
    if (!this.#once(tag, 'match type')) return undefined
    this.#reading.match = match
    this.#reading.matchArgument = tag
    let used = 1
    for (const rule of this.#matchValues(match)) {
      const value = following[used - 1]
      if (!this.#tagValue(tag, rule, value)) return undefined
      this.#reading.tags.set(rule.name, value)
      used += 1
    }
    return used
  }

  #matchValues(match: MatchTypeRule): readonly ValueRule[] {
    return [
      ...(match.relation === true ? [{ name: 'relation', kind: 'string', check: 'relation' } as const] : []),
      ...(this.#rule.matchKey === true ? [{ name: 'key', kind: 'string' } as const] : []),
    ]
  }

  #once(tag: TagArgument, group: string): boolean {
    if (!this.#reading.groups.has(group)) {
      this.#reading.groups.add(group)
      return true
    }
    this.#fail('repeatedTag', `":${tag.name}" stands here twice, or with another that excludes it`, tag)
    return false
  }

  #tagValue(
    tag: TagArgument,
    rule: ValueRule,
    value: Argument | undefined,
  ): value is NumberArgument | StringArgument {
    if (value !== undefined && fits(value, rule)) return valueIsFine(value, rule, this.#context)
    const found = value === undefined ? 'nothing' : describe(value)
    this.#fail('arguments', `":${tag.name}" needs ${wanted(rule)}, but ${found} follows`, value ?? tag)
    return false
  }

  #requiredTags(): boolean {
    const { tags } = this.#reading
    for (const arg of this.#node.arguments) {
      const resolved = arg.kind === 'tag' ? this.#resolve(arg) : undefined
      if (resolved?.kind !== 'tag' || resolved.rule.needs === undefined || tags.has(resolved.rule.needs))
        continue
      this.#fail('arguments', `":${resolved.rule.name}" needs ":${resolved.rule.needs}"`, arg)
      return false
    }
    const { oneOf } = this.#rule
    if (oneOf === undefined || oneOf.some((name) => tags.has(name))) return true
    const names = oneOf.map((name) => `":${name}"`).join(' or ')
    this.#fail('arguments', `"${this.#node.name}" needs ${names}`, this.#node)
    return false
  }

  #positional(args: readonly Argument[]): readonly (Argument | undefined)[] | undefined {
    const { positional, optional, extra, name } = this.#rule
    const least = positional.length - (optional === undefined ? 0 : 1)
    if (args.length < least || (args.length > positional.length && extra !== true)) {
      const count = least === positional.length ? `${least}` : `${least} or ${positional.length}`
      const message = `"${name}" takes ${count} argument${count === '1' ? '' : 's'}, but ${args.length} stand here`
      return this.#fail('arguments', message, args[positional.length] ?? this.#node)
    }
    const absent = optional === 'first' && args.length < positional.length
    const rules = absent ? positional.slice(1) : positional
    for (const [index, rule] of rules.entries()) {
      const arg = args[index]
      if (arg === undefined) break
      if (!fits(arg, rule)) {
        return this.#fail(
          'arguments',
          `${wanted(rule)} (${rule.name}) is expected, found ${describe(arg)}`,
          arg,
        )
      }
      if (!valueIsFine(arg, rule, this.#context)) return undefined
    }
    return absent ? [undefined, ...args] : args
  }

  /** Whether the match type, the comparator and the keys go together. */
  #matchWorks(positional: readonly (Argument | undefined)[]): boolean {
    const { match, matchArgument, comparator } = this.#reading
    if (match === undefined || matchArgument === undefined || this.#context.lenient === true) return true
    const keyIndex = this.#rule.positional.findIndex((rule: PositionalRule) => rule.keys === true)
    const keys = this.#rule.matchKey === true ? this.#reading.tags.get('key') : positional[keyIndex]
    if (keys === undefined) return true
    if (comparator === 'i;ascii-numeric' && (match.substring === true || match.regex === true)) {
      return this.#failed(
        'value',
        `":${match.name}" does not work with the comparator "${comparator}"`,
        matchArgument,
      )
    }
    if (match.regex !== true) return true
    for (const key of stringsOf(keys)) {
      const { text, literal } = interpret(key, this.#context.scope)
      const problem = literal ? regexProblem(text) : undefined
      if (problem !== undefined)
        return this.#failed('regex', `"${shorten(text)}" is no regular expression: ${problem}`, key)
    }
    return true
  }

  #fail(code: Finding['code'], message: string, { start }: { readonly start: number }): undefined {
    this.#context.report({ code, message }, start)
    return undefined
  }

  #failed(code: Finding['code'], message: string, place: { readonly start: number }): false {
    this.#fail(code, message, place)
    return false
  }
}

function fits(value: Argument, rule: ValueRule): boolean {
  return value.kind === rule.kind || (value.kind === 'string' && rule.kind === 'strings')
}

function wanted(rule: ValueRule): string {
  return { number: 'a number', string: 'a string', strings: 'a list of strings' }[rule.kind]
}

function describe(value: Argument): string {
  return { tag: 'a tag', number: 'a number', string: 'a string', strings: 'a list of strings' }[value.kind]
}
