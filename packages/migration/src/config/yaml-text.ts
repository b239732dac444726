import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml'

/** Where something stands. Counts from 1. */
interface Position {
  readonly line: number
  readonly column: number
}

export type Path = readonly (string | number)[]

interface SyntaxProblem extends Position {
  readonly message: string
  readonly suggestion?: string
}

/** The text of a configuration: its content as plain values, and where each of them stands. */
export interface YamlText {
  /** Nothing but a fragment when there are syntax problems. */
  readonly content: unknown
  readonly problems: readonly SyntaxProblem[]
  /** Where a value stands; of one that is missing: where the nearest part around it stands. */
  positionOf(path: Path): Position
  /** Where a key stands. */
  positionOfKey(path: Path, key: string): Position
}

// `{ password: ${NAME} }` is what everybody writes and what YAML refuses: in `{}` and `[]` a plain value must not hold braces.
// Two characters that no keyboard has stand in for them while YAML reads; the length stays, so positions stay true.
const openBrace = '\u{E000}'
const closeBrace = '\u{E001}'

export function readYamlText(text: string): YamlText {
  const lines = new LineCounter()
  const shielded = text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/gu, `$$${openBrace}$1${closeBrace}`)
  const document = parseDocument(shielded, { lineCounter: lines, prettyErrors: false, uniqueKeys: true })
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const problems: SyntaxProblem[] = syntaxProblems([...document.errors, ...document.warnings]).map(
    ({ offset, ...problem }) => ({ ...at(offset), ...problem }),
  )
  visit(document, {
    Alias(_, node) {
      // Its name is not repeated: `password: *hunter2` is a literal secret that looks like one.
      const message = 'anchors and aliases of YAML are not read here'
      problems.push({
        ...at(node.range?.[0] ?? 0),
        message,
        suggestion: 'put a value that begins with * or & in quotes',
      })
    },
  })
  const nodeAt = (path: Path): Node | undefined => {
    let node: unknown = document.contents
    let found = isNode(node) ? node : undefined
    for (const key of path) {
      if (isMap(node)) node = node.items.find((pair) => keyOf(pair.key) === String(key))?.value
      else if (isSeq(node)) node = node.items[Number(key)]
      else break
      if (!isNode(node)) break
      found = node
    }
    return found
  }
  return {
    content: problems.length > 0 ? undefined : unshield(document.toJS({ maxAliasCount: 0 })),
    problems,
    positionOf: (path) => at(nodeAt(path)?.range?.[0] ?? 0),
    positionOfKey: (path, key) => {
      const map = nodeAt(path)
      const pair = isMap(map) ? map.items.find((item) => keyOf(item.key) === key) : undefined
      return at((isNode(pair?.key) ? pair.key.range?.[0] : map?.range?.[0]) ?? 0)
    },
  }
}

function isNode(node: unknown): node is Node {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)
}

function keyOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined
}

function unshield(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(openBrace, '{').replaceAll(closeBrace, '}')
  if (Array.isArray(value)) return value.map(unshield)
  if (typeof value !== 'object' || value === null) return value
  // Entries, not assignments: a key `__proto__` stays a key and is refused as unknown.
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, unshield(entry)]))
}

/** Own sentences, since those of the parser may repeat the text, and with it a secret. */
const messages = new Map<string, readonly [message: string, suggestion?: string]>([
  ['DUPLICATE_KEY', ['this key appears twice', 'keep one of the two']],
  [
    'BAD_INDENT',
    ['the indentation does not fit, or a bracket above is not closed', 'indent with two blanks per level'],
  ],
  ['TAB_AS_INDENT', ['a tab is used to indent', 'indent with blanks']],
  ['BAD_SCALAR_START', ['a value cannot begin like this', 'put it in quotes']],
  ['BAD_ALIAS', ['a value cannot begin like this', 'put it in quotes']],
  [
    'TAG_RESOLVE_FAILED',
    ['tags of YAML (!...) are not read here', 'put a value that begins with ! in quotes'],
  ],
  [
    'MISSING_CHAR',
    ['something is not closed: a quote, a bracket or a brace, or a comma or colon is missing'],
  ],
  ['MULTIPLE_DOCS', ['a second document begins here', 'remove the line ---']],
  [
    'BLOCK_AS_IMPLICIT_KEY',
    ['two keys stand in one line, or a value holds a colon', 'put the value in quotes'],
  ],
])

function syntaxProblems(
  errors: readonly { readonly code: string; readonly pos: readonly [number, number] }[],
): { offset: number; message: string; suggestion?: string }[] {
  const problems = errors.map(({ code, pos }) => {
    const [message, suggestion] = messages.get(code) ?? [
      'this is no YAML: something stands where it does not fit',
    ]
    return { code, offset: pos[0], message, ...(suggestion === undefined ? {} : { suggestion }) }
  })
  // After one of these the parser stumbles over all that follows.
  const first = new Map(problems.map(({ code, offset }) => [code, offset] as const).toReversed())
  return problems
    .filter(({ code, offset }) => !stumbling.has(code) || first.get(code) === offset)
    .map(({ code: _code, ...problem }) => problem)
}

const stumbling = new Set(['UNEXPECTED_TOKEN', 'BAD_INDENT'])
