/** The kinds of tokens as mailcow's parser names them in its messages. */
export type TokenKind =
  | 'left bracket'
  | 'right bracket'
  | 'block start'
  | 'block end'
  | 'left parenthesis'
  | 'right parenthesis'
  | 'comma'
  | 'semicolon'
  | 'tag'
  | 'quoted string'
  | 'number'
  | 'multiline string'
  | 'identifier'
  | 'script end'
  | 'unknown token'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** From 1. */
  readonly line: number
}

const PATTERNS: readonly (readonly [TokenKind | 'skip', RegExp])[] = [
  ['left bracket', /\[/y],
  ['right bracket', /\]/y],
  ['block start', /\{/y],
  ['block end', /\}/y],
  ['left parenthesis', /\(/y],
  ['right parenthesis', /\)/y],
  ['comma', /,/y],
  ['semicolon', /;/y],
  ['skip', /[ \r\n\t]+/y],
  ['tag', /:[A-Za-z_]\w*/y],
  ['quoted string', /"(?:[^"\\]|\\[^])*"/y],
  ['number', /\d+[KMG]?\b/y],
  ['skip', /\/\*[^]*?\*\/|#[^\r\n]*\r?(?:\n|$)/y],
  // RFC 5228 §2.4.2: up to a line that holds nothing but a dot.
  [
    'multiline string',
    /text:[ \t]*(?:#[^\r\n]*)?\r?\n(?:\.[^\r\n]+\r?\n|[^.\r\n][^\r\n]*\r?\n|\r?\n)*\.\r?(?:\n|$)/y,
  ],
  ['identifier', /[A-Za-z_]\w*/y],
  ['unknown token', /[^ \r\n\t]+/y],
]

/** Comments and white space are left out; an unknown token is the last one. Otherwise the last one is `script end`. */
export function tokenize(script: string): Token[] {
  const tokens: Token[] = []
  let [position, line] = [0, 1]
  while (position < script.length) {
    const [kind, text] = match(script, position)
    if (kind !== 'skip') tokens.push({ kind, text, line })
    if (kind === 'unknown token') return tokens
    position += text.length
    line += text.split('\n').length - 1
  }
  tokens.push({ kind: 'script end', text: '', line })
  return tokens
}

function match(script: string, position: number): readonly [TokenKind | 'skip', string] {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = position
    const found = pattern.exec(script)
    if (found !== null) return [kind, found[0]]
  }
  return ['unknown token', script.slice(position, position + 1)]
}
