import { BASE, EXTENSIONS } from './grammar.ts'
import type { Argument, ArgumentType, Command, Extension, TagGroup } from './grammar.ts'
import { tokenize, type Token, type TokenKind } from './tokens.ts'

/**
 * What mailcow's own parser says to a script: undefined, or its message, `line N: ...`. An approximation: what it accepts
 * and refuses is the same for the cases that were recorded; rare messages may differ in their words.
 */
export function checkScript(script: string): string | undefined {
  try {
    new ScriptChecker(tokenize(script)).script()
    return undefined
  } catch (problem) {
    if (problem instanceof SieveProblem) return problem.message
    throw problem
  }
}

class SieveProblem extends Error {
  override readonly name = 'SieveProblem'
  constructor(token: Token, text: string) {
    super(`line ${token.line}: ${text}`)
  }
}

function expected(token: Token, what: string): SieveProblem {
  return new SieveProblem(token, `${token.kind} where ${what} expected near ${token.text}`)
}

/** Deeper than any person writes; keeps a hostile script from filling the stack. */
const MAX_DEPTH = 200
const FOLLOWS_IF = ['if', 'elsif']
const STRING_KINDS: readonly TokenKind[] = ['quoted string', 'multiline string']

class ScriptChecker {
  readonly #tokens: readonly Token[]
  #position = 0
  #depth = 0
  readonly #active: Extension[] = [BASE]

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  script(): void {
    this.#commands()
    const token = this.#next()
    if (token.kind !== 'script end') throw expected(token, 'script end')
  }

  #commands(): void {
    this.#depth += 1
    let previous: string | undefined
    while (this.#peek().kind === 'identifier') {
      if (this.#depth > MAX_DEPTH) throw new SieveProblem(this.#peek(), 'too deeply nested')
      previous = this.#command(previous)
    }
    this.#depth -= 1
  }

  #command(previous: string | undefined): string {
    const token = this.#next()
    const name = token.text.toLowerCase()
    const command = this.#find('commands', name)
    if (command === undefined) {
      const isTest = this.#find('tests', name) !== undefined
      throw new SieveProblem(
        token,
        isTest ? `${name} may not appear as first command` : `unknown command ${name}`,
      )
    }
    this.#checkPlace(token, name, previous)
    this.#arguments(name, command)
    if (command.block !== true) this.#take('semicolon')
    else {
      this.#take('block start')
      this.#commands()
      this.#take('block end')
    }
    return name
  }

  #checkPlace(token: Token, name: string, previous: string | undefined): void {
    const follows =
      name === 'require' ? ['require'] : name === 'elsif' || name === 'else' ? FOLLOWS_IF : undefined
    if (follows !== undefined && previous !== undefined && !follows.includes(previous)) {
      throw new SieveProblem(token, `${name} may not appear after ${previous}`)
    }
  }

  #test(): void {
    const token = this.#next()
    const name = token.text.toLowerCase()
    const test = token.kind === 'identifier' ? this.#find('tests', name) : undefined
    if (token.kind !== 'identifier') throw expected(token, 'identifier')
    if (test === undefined) {
      throw new SieveProblem(token, `identifier ${token.text} where test command expected`)
    }
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new SieveProblem(token, 'too deeply nested')
    this.#arguments(name, test)
    this.#depth -= 1
  }

  #arguments(name: string, command: Command): void {
    this.#tags(this.#groupsOf(name, command))
    for (const argument of command.arguments ?? []) {
      if (argument.optional === true && !this.#startsArgument(argument.type)) continue
      const texts = this.#value(argument.type)
      this.#checkTexts(name, argument, texts)
    }
    if (command.tests === 'one') this.#test()
    else if (command.tests === 'list') this.#testList()
  }

  #groupsOf(name: string, command: Command): TagGroup[] {
    const types = this.#active.flatMap((extension) => extension.matchTypes ?? [])
    const parts = this.#active.flatMap((extension) => extension.addressParts ?? [])
    return [
      ...(command.matchType === true
        ? [{ tags: types, takes: 'string', takesAfter: ['value', 'count'] } as const]
        : []),
      ...(command.comparator === true ? [{ tags: ['comparator'], takes: 'string' } as const] : []),
      ...(command.addressPart === true ? [{ tags: parts }] : []),
      ...(command.tags ?? []),
      ...this.#active.flatMap((extension) =>
        (extension.extraTags ?? []).filter((extra) => extra.of.includes(name)).map((extra) => extra.group),
      ),
    ]
  }

  #tags(groups: readonly TagGroup[]): void {
    const left = [...groups]
    while (this.#peek().kind === 'tag') {
      const token = this.#next()
      const tag = token.text.slice(1).toLowerCase()
      const index = left.findIndex((group) => group.tags.includes(tag))
      const [group] = index < 0 ? [] : left.splice(index, 1)
      if (group === undefined) throw new SieveProblem(token, `unexpected tag ${token.text}`)
      if (group.takes === undefined || group.takesAfter?.includes(tag) === false) continue
      const texts = this.#value(group.takes)
      if (tag === 'comparator') this.#checkComparator(texts)
    }
  }

  #checkComparator(texts: readonly Token[]): void {
    const known = this.#active.flatMap((extension) => extension.comparators ?? [])
    for (const token of texts) {
      if (known.includes(unquote(token))) continue
      throw new SieveProblem(token, `${token.kind} ${token.text} where comparator string expected`)
    }
  }

  #checkTexts(name: string, argument: Argument, texts: readonly Token[]): void {
    for (const token of texts) {
      const text = unquote(token)
      const valid =
        name === 'require'
          ? Object.hasOwn(EXTENSIONS, text)
          : argument.values === undefined ||
            argument.values.includes(text.toLowerCase()) ||
            text.startsWith('vnd.')
      if (!valid) throw new SieveProblem(token, `${token.kind} ${token.text} where ${argument.name} expected`)
      const extension = name === 'require' ? EXTENSIONS[text] : undefined
      if (extension !== undefined) this.#active.push(extension)
    }
  }

  #startsArgument(type: ArgumentType): boolean {
    const { kind } = this.#peek()
    if (type === 'number') return kind === 'number'
    return STRING_KINDS.includes(kind) || (type === 'string list' && kind === 'left bracket')
  }

  /** The string tokens of the argument; none for a number. */
  #value(type: ArgumentType): Token[] {
    const token = this.#next()
    if (type === 'number') {
      if (token.kind !== 'number') throw expected(token, 'number')
      return []
    }
    if (STRING_KINDS.includes(token.kind)) return [token]
    if (type === 'string' || token.kind !== 'left bracket') throw expected(token, type)
    return this.#list()
  }

  #list(): Token[] {
    const texts: Token[] = []
    if (this.#peek().kind === 'right bracket') {
      this.#next()
      return texts
    }
    for (;;) {
      const token = this.#next()
      if (!STRING_KINDS.includes(token.kind)) throw expected(token, 'string')
      texts.push(token)
      const separator = this.#next()
      if (separator.kind === 'right bracket') return texts
      if (separator.kind !== 'comma') throw expected(separator, 'comma or right bracket')
    }
  }

  #testList(): void {
    this.#take('left parenthesis')
    for (;;) {
      this.#test()
      const separator = this.#next()
      if (separator.kind === 'right parenthesis') return
      if (separator.kind !== 'comma') throw expected(separator, 'comma or right parenthesis')
    }
  }

  #find(kind: 'commands' | 'tests', name: string): Command | undefined {
    for (const extension of this.#active) {
      const known = extension[kind]
      if (known !== undefined && Object.hasOwn(known, name)) return known[name]
    }
    return undefined
  }

  #take(kind: TokenKind): void {
    const token = this.#next()
    if (token.kind !== kind) throw expected(token, kind)
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? { kind: 'script end', text: '', line: 0 }
  }

  #next(): Token {
    const token = this.#peek()
    this.#position += 1
    return token
  }
}

function unquote(token: Token): string {
  return token.kind === 'quoted string' ? token.text.slice(1, -1) : token.text
}
