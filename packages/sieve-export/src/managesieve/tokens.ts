import { ManageSieveError } from './errors.ts'

// Cuts a server's byte stream into lines of tokens (RFC 5804 §4). Pure state: no socket, no promises; where the bytes are
// cut into chunks makes no difference. Everything the server can make long has a limit.

/** A quoted string or literal, an atom or number, or a list in parentheses. */
export type Token =
  | { readonly kind: 'string'; readonly value: Buffer }
  | { readonly kind: 'atom'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Token[] }

export type Line = readonly Token[]

export interface TokenLimits {
  /** One line without its literals. */
  readonly maxLineBytes: number
  /** All literals of one line together. */
  readonly maxLiteralBytes: number
  readonly maxTokensPerLine: number
}

const maxDepth = 8

const tab = 9
const lineFeed = 10
const carriageReturn = 13
const blank = 32
const quote = 34
const openParenthesis = 40
const closeParenthesis = 41
const backslash = 92
const openBrace = 123

type State =
  | 'between'
  | 'atom'
  | 'quoted'
  | 'escaped'
  | 'brace'
  | 'braceReturn'
  | 'braceEnd'
  | 'literal'
  | 'return'

export class TokenReader {
  readonly #limits: TokenLimits
  readonly #onLine: (line: Line) => void
  #state: State = 'between'
  #line: Token[] = []
  /** The lists that are open, innermost last. */
  #open: Token[][] = []
  #lineBytes = 0
  #tokens = 0
  #literalBytes = 0
  /** The token that is being read. */
  #text: number[] = []
  #needsBlank = false
  #literal: { readonly chunks: Buffer[]; remaining: number } = { chunks: [], remaining: 0 }

  constructor(onLine: (line: Line) => void, limits: TokenLimits) {
    this.#onLine = onLine
    this.#limits = limits
  }

  /** True when the last line is complete and nothing of another one has come. */
  get isBetweenLines(): boolean {
    return this.#state === 'between' && this.#lineBytes === 0
  }

  /** Takes the next bytes. Throws `ManageSieveError` (`limit`, `protocol`) when the server cannot be followed any more. */
  feed(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      if (this.#state === 'literal') at = this.#feedLiteral(chunk, at)
      else {
        this.#feedByte(chunk[at] ?? 0)
        at += 1
      }
    }
  }

  #feedLiteral(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.#literal.remaining)
    if (end > at) this.#literal.chunks.push(chunk.subarray(at, end))
    this.#literal.remaining -= end - at
    if (this.#literal.remaining === 0) this.#endLiteral()
    return end
  }

  #endLiteral(): void {
    const { chunks } = this.#literal
    this.#literal = { chunks: [], remaining: 0 }
    this.#state = 'between'
    this.#needsBlank = true
    this.#push({ kind: 'string', value: Buffer.concat(chunks) })
  }

  #feedByte(byte: number): void {
    this.#lineBytes += 1
    if (this.#lineBytes > this.#limits.maxLineBytes)
      throw new ManageSieveError(
        'limit',
        `the server sent a line of more than ${this.#limits.maxLineBytes} bytes`,
      )
    switch (this.#state) {
      case 'between':
        return this.#between(byte)
      case 'atom':
        if (isAtomByte(byte)) {
          this.#text.push(byte)
          return
        }
        this.#push({ kind: 'atom', value: this.#takeText().toString('latin1') })
        this.#state = 'between'
        this.#needsBlank = true
        return this.#between(byte)
      case 'quoted':
        if (byte === quote) this.#endQuoted()
        else if (byte === backslash) this.#state = 'escaped'
        // RFC 5804 §4: neither NUL nor a line end in a quoted string. Whoever sends one has lost its closing quote.
        else if (byte === 0 || byte === lineFeed || byte === carriageReturn)
          throw nonsense('a quoted string without an end')
        else this.#text.push(byte)
        return
      case 'escaped':
        if (byte !== quote && byte !== backslash) throw nonsense('an escape of nothing that needs one')
        this.#text.push(byte)
        this.#state = 'quoted'
        return
      case 'brace':
      case 'braceReturn':
      case 'braceEnd':
        return this.#brace(byte)
      case 'return':
        if (byte !== lineFeed) throw nonsense('a carriage return in the middle of a line')
        return this.#endLine()
      case 'literal':
        return
      default:
        this.#state satisfies never
    }
  }

  #between(byte: number): void {
    if (byte === carriageReturn) this.#state = 'return'
    // Some servers end lines without CR: no other meaning is possible here.
    else if (byte === lineFeed) this.#endLine()
    else if (byte === blank || byte === tab) this.#needsBlank = false
    else if (byte === closeParenthesis) this.#closeList()
    else if (this.#needsBlank) throw nonsense('two things without a blank in between')
    else if (byte === openParenthesis) this.#openList()
    else if (byte === quote) this.#state = 'quoted'
    else if (byte === openBrace) this.#state = 'brace'
    else if (isAtomByte(byte)) {
      this.#text.push(byte)
      this.#state = 'atom'
    } else throw nonsense(`the byte ${byte} where a word was expected`)
  }

  #endQuoted(): void {
    this.#push({ kind: 'string', value: this.#takeText() })
    this.#state = 'between'
    this.#needsBlank = true
  }

  #takeText(): Buffer {
    const text = Buffer.from(this.#text)
    this.#text = []
    return text
  }

  #openList(): void {
    if (this.#open.length >= maxDepth) throw nonsense('lists within lists within lists')
    this.#open.push([])
  }

  #closeList(): void {
    const items = this.#open.pop()
    if (items === undefined) throw nonsense('a closing parenthesis without an opening one')
    this.#push({ kind: 'list', items })
    this.#needsBlank = true
  }

  /** `{12}` or `{12+}`, then a line end, then the bytes. */
  #brace(byte: number): void {
    if (this.#state === 'brace') {
      if (this.#text.length < 20 && (isDigit(byte) || byte === 43)) this.#text.push(byte)
      else if (byte === 125) this.#state = 'braceReturn'
      else throw nonsense('a literal without a size')
      return
    }
    if (this.#state === 'braceReturn' && byte === carriageReturn) this.#state = 'braceEnd'
    else if (byte === lineFeed) this.#beginLiteral(this.#takeText().toString('latin1'))
    else throw nonsense('a literal that does not begin on a new line')
  }

  #beginLiteral(header: string): void {
    const [, digits] = /^(\d{1,10})\+?$/.exec(header) ?? []
    if (digits === undefined) throw nonsense('a literal without a size')
    const size = Number(digits)
    this.#literalBytes += size
    if (this.#literalBytes > this.#limits.maxLiteralBytes)
      throw new ManageSieveError(
        'limit',
        `the server announced ${this.#literalBytes} bytes, and ${this.#limits.maxLiteralBytes} are the limit`,
      )
    this.#literal = { chunks: [], remaining: size }
    this.#state = 'literal'
    if (size === 0) this.#endLiteral()
  }

  #push(token: Token): void {
    this.#tokens += 1
    if (this.#tokens > this.#limits.maxTokensPerLine)
      throw new ManageSieveError(
        'limit',
        `the server sent more than ${this.#limits.maxTokensPerLine} words in one line`,
      )
    const list = this.#open.at(-1) ?? this.#line
    list.push(token)
  }

  #endLine(): void {
    if (this.#open.length > 0) throw nonsense('a list without an end')
    const line = this.#line
    this.#line = []
    this.#lineBytes = 0
    this.#tokens = 0
    this.#literalBytes = 0
    this.#needsBlank = false
    this.#state = 'between'
    this.#onLine(line)
  }
}

/** Printable ASCII without what has a meaning of its own: RFC 5804 §4 and, in URLs and codes, `/`, `:` and the like. */
function isAtomByte(byte: number): boolean {
  return (
    byte > blank &&
    byte < 127 &&
    byte !== quote &&
    byte !== openParenthesis &&
    byte !== closeParenthesis &&
    byte !== openBrace &&
    byte !== 125 &&
    byte !== backslash
  )
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57
}

function nonsense(what: string): ManageSieveError {
  return new ManageSieveError('protocol', `the server sent something that makes no sense: ${what}`)
}
