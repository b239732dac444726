import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { shorten } from './address.ts'
import type { Parsed } from './parsed.ts'
import type { Position, Problems } from './problems.ts'
import { suggestName } from './suggest.ts'

/** A YAML text whose nodes know where they stand. Everything that does not fit becomes a problem and reads as absent. */
export class YamlReader {
  readonly #problems: Problems
  readonly #lines = new LineCounter()
  readonly root: Node | null

  constructor(text: string, problems: Problems) {
    this.#problems = problems
    // Unique keys: a second `mailboxes:` would silently hide the first one.
    const document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true })
    const errors = [...document.errors, ...document.warnings]
    const stumble = errors.find((error) => error.code === 'UNEXPECTED_TOKEN')
    for (const error of errors.filter((entry) => entry.code !== 'UNEXPECTED_TOKEN' || entry === stumble))
      problems.add(
        this.#positionOf(error.pos[0]),
        error.message,
        error.message.includes('reserved character') ? 'put the value in quotes' : undefined,
      )
    // What follows a slip of the pen is read wrongly: more problems would only mislead.
    problems.throwIfAny()
    this.root = document.contents
  }

  #positionOf(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }

  at(node: Node | null | undefined): Position {
    return this.#positionOf(node?.range?.[0] ?? 0)
  }

  /** The fields of a mapping; a key that is not known is a problem. */
  fields(node: Node | null | undefined, what: string, known: readonly string[]): Fields | undefined {
    if (!isMap(node)) {
      this.#mismatch(node, `${what} must be a mapping with ${known.join(', ')}`)
      return undefined
    }
    const values = new Map<string, Node>()
    for (const { key, value } of node.items) {
      const name = isScalar(key) && typeof key.value === 'string' ? key.value : undefined
      if (name === undefined || !known.includes(name)) {
        const suggestion = suggestName(name ?? '', known)
        const shown = isScalar(key) ? `'${shorten(String(key.value))}'` : 'this'
        this.#problems.add(
          isNode(key) ? this.at(key) : this.at(node),
          `${shown} is no key of ${what}`,
          suggestion === undefined ? `known are ${known.join(', ')}` : `did you mean ${suggestion}?`,
        )
      } else if (isNode(value) && !(isScalar(value) && value.value === null)) values.set(name, value)
    }
    return { node, values }
  }

  /** The entries of a list; none when it is absent. */
  list(node: Node | undefined, what: string): readonly Node[] {
    if (node === undefined) return []
    if (isSeq(node)) return node.items.filter(isNode)
    this.#mismatch(
      node,
      `${what} must be a list`,
      isScalar(node) ? `write [${shorten(String(node.value))}]` : undefined,
    )
    return []
  }

  /** A text, read by `parse`; `undefined` after a problem. */
  text<Value>(
    node: Node | undefined,
    what: string,
    parse: (text: string) => Parsed<Value>,
  ): Value | undefined {
    if (!isScalar(node) || typeof node.value !== 'string') {
      this.#mismatch(node, `${what} must be text`)
      return undefined
    }
    return this.parsed(node, parse(node.value))
  }

  /** `true` or `false`; `fallback` when absent. */
  flag<Fallback>(node: Node | undefined, what: string, fallback: Fallback): boolean | Fallback {
    if (node === undefined) return fallback
    if (isScalar(node) && typeof node.value === 'boolean') return node.value
    this.#mismatch(node, `${what} must be true or false`)
    return fallback
  }

  /** Hands out the value, or notes the problem at the node. */
  parsed<Value>(node: Node, result: Parsed<Value>): Value | undefined {
    if ('value' in result) return result.value
    this.#problems.add(this.at(node), result.problem, result.suggestion)
    return undefined
  }

  missing(fields: Fields, name: string): void {
    this.#problems.add(this.at(fields.node), `${name} is missing`)
  }

  #mismatch(node: Node | null | undefined, message: string, suggestion?: string): void {
    if (isAlias(node))
      // An alias could stand for anything, also for something that contains itself.
      this.#problems.add(this.at(node), 'anchors and aliases of YAML are not read here', 'write it out')
    else this.#problems.add(this.at(node), message, suggestion)
  }
}

/** A mapping's fields by name; a field without a value counts as absent. */
export interface Fields {
  readonly node: Node
  readonly values: ReadonlyMap<string, Node>
}
