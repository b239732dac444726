import { coreAddressParts, coreCommands, coreComparators, coreMatchTypes } from '../grammar/core.ts'
import { extensionRule } from '../grammar/extensions.ts'
import type { CommandRule, ExtensionRule, MatchTypeRule, TagRule } from '../grammar/rules.ts'

/** What a tag of a command is. */
export type ResolvedTag =
  | { readonly kind: 'tag'; readonly rule: TagRule }
  | { readonly kind: 'comparator' }
  | { readonly kind: 'addressPart' }
  | { readonly kind: 'match'; readonly match: MatchTypeRule }
  | { readonly kind: 'modifier'; readonly precedence: number }

/** The language at one place of a script: the core, and what was required so far. */
export class Scope {
  readonly comparators = new Set(coreComparators)
  readonly namespaces = new Set<string>()
  readonly #loaded = new Set<string>()
  readonly #commands = new Map(coreCommands.map((rule) => [rule.name, rule]))
  readonly #tags = new Map<string, TagRule[]>()
  readonly #matchTypes = new Map(coreMatchTypes.map((rule) => [rule.name, rule]))
  readonly #addressParts = new Set(coreAddressParts)
  readonly #modifiers = new Map<string, number>()
  #deferred: ExtensionRule[] = []

  has(extension: string): boolean {
    return this.#loaded.has(extension)
  }

  /** Adds what an extension brings. An unknown one brings nothing that we could check. */
  load(name: string): void {
    const rule = extensionRule(name)
    const again = this.has(name)
    this.#loaded.add(name)
    if (rule === undefined) return
    for (const implied of rule.implies ?? []) if (!this.has(implied)) this.load(implied)
    if (rule.deferred === true) this.#deferred.push(rule)
    else this.#addCommands(rule)
    if (again) return
    for (const { commands, tag } of rule.tags ?? [])
      for (const command of commands) this.#tags.set(command, [...(this.#tags.get(command) ?? []), tag])
    for (const comparator of rule.comparators ?? []) this.comparators.add(comparator)
    for (const match of rule.matchTypes ?? []) this.#matchTypes.set(match.name, match)
    for (const part of rule.addressParts ?? []) this.#addressParts.add(part)
    for (const [modifier, precedence] of Object.entries(rule.modifiers ?? {}))
      this.#modifiers.set(modifier, precedence)
    for (const namespace of rule.namespaces ?? []) this.namespaces.add(namespace)
  }

  /** All `require`s were read. */
  finishRequire(): void {
    for (const rule of this.#deferred) this.#addCommands(rule)
    this.#deferred = []
  }

  command(name: string): CommandRule | undefined {
    return this.#commands.get(name)
  }

  tag(command: CommandRule, name: string): ResolvedTag | undefined {
    const own = command.tags.find((rule) => rule.name === name)
    const rule = own ?? this.#tags.get(command.name)?.find((candidate) => candidate.name === name)
    // An extension's own name of a tag, as `:copy` of `pipe`, counts only where that extension is required.
    const usable = rule?.name !== 'copy' || rule.extension === undefined || this.has(rule.extension)
    if (rule !== undefined && usable) return { kind: 'tag', rule }
    if (command.match !== undefined) {
      if (name === 'comparator' && command.matchKey !== true) return { kind: 'comparator' }
      const match = this.#matchTypes.get(name)
      if (match !== undefined) return { kind: 'match', match }
    }
    if (command.addressParts === true && this.#addressParts.has(name)) return { kind: 'addressPart' }
    const precedence = command.modifiers === true ? this.#modifiers.get(name) : undefined
    return precedence === undefined ? undefined : { kind: 'modifier', precedence }
  }

  #addCommands(rule: ExtensionRule): void {
    for (const command of rule.commands ?? []) this.#commands.set(command.name, command)
  }
}
