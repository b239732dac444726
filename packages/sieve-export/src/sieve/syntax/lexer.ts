import {
  backslash,
  carriageReturn,
  colon,
  dot,
  hash,
  isDigit,
  isNamePart,
  isNameStart,
  lineFeed,
  quote,
  slash,
  space,
  star,
  tab,
} from './bytes.ts'
import { SieveSyntaxError, type SyntaxErrorDetails } from './errors.ts'
import { positionAt } from './position.ts'
import { describeByte } from './describe-byte.ts'
import { decodeText } from './decode-text.ts'
import type { Comment } from './tree.ts'

type Punctuation = '{' | '}' | '(' | ')' | '[' | ']' | ',' | ';'

/** `text`: a multi-line string. Names and tags are in lower case; a tag's text has no colon. */
export interface Token {
  readonly kind: 'identifier' | 'tag' | 'number' | 'quoted' | 'text' | 'end' | Punctuation
  readonly start: number
  readonly end: number
}

const punctuation: ReadonlyMap<number, Punctuation> = new Map(
  (['{', '}', '(', ')', '[', ']', ',', ';'] as const).map((mark) => [mark.charCodeAt(0), mark]),
)
/** Pigeonhole's limit; beyond it a name cannot be one. */
const maxNameLength = 32

/**
 * Cuts bytes into tokens, one at a time. What servers accept beyond RFC 5228 is accepted: LF alone ends lines, bytes
 * that are not UTF-8 may stand in strings and comments.
 */
export class Lexer {
  readonly comments: Comment[] = []
  readonly #source: Uint8Array
  readonly #onComment: (offset: number) => void
  #at = 0

  constructor(source: Uint8Array, onComment: (offset: number) => void) {
    this.#source = source
    this.#onComment = onComment
  }

  next(): Token {
    this.#skipBlank()
    const start = this.#at
    const byte = this.#source[start]
    if (byte === undefined) return { kind: 'end', start, end: start }
    const mark = punctuation.get(byte)
    if (mark !== undefined) return this.#token(mark, start, start + 1)
    if (byte === quote) return this.#quoted(start)
    if (isDigit(byte)) return this.#number(start)
    if (isNameStart(byte)) return this.#name(start)
    if (byte === colon && isNameStart(this.#source[start + 1])) {
      return this.#token('tag', start, this.#nameEnd(start + 1, 'tag'))
    }
    throw this.#unexpected(byte, start)
  }

  fail(reason: string, offset: number, details: SyntaxErrorDetails = {}): SieveSyntaxError {
    return new SieveSyntaxError(reason, positionAt(this.#source, offset), details)
  }

  #token(kind: Token['kind'], start: number, end: number): Token {
    this.#at = end
    return { kind, start, end }
  }

  #skipBlank(): void {
    const source = this.#source
    for (;;) {
      const byte = source[this.#at]
      if (byte === space || byte === tab || byte === lineFeed || byte === carriageReturn) this.#at += 1
      else if (byte === hash) this.#at = this.#hashComment(this.#at)
      else if (byte === slash && source[this.#at + 1] === star) this.#at = this.#bracketComment(this.#at)
      else return
    }
  }

  /** Returns where the line's end begins; a comment may end with the script. */
  #hashComment(start: number): number {
    const found = this.#source.indexOf(lineFeed, start)
    let end = found === -1 ? this.#source.length : found
    this.#refuseNul(start, end, 'a comment')
    if (this.#source[end - 1] === carriageReturn) end -= 1
    this.#comment('hash', start, end, start + 1, end)
    return end
  }

  #bracketComment(start: number): number {
    const source = this.#source
    let close = source.indexOf(star, start + 2)
    while (close !== -1 && source[close + 1] !== slash) close = source.indexOf(star, close + 1)
    if (close === -1) {
      this.#refuseNul(start, source.length, 'a comment')
      throw this.fail('the script ends inside of the comment that begins here', start, {
        code: 'unterminated',
        expected: ['*/'],
      })
    }
    this.#refuseNul(start, close, 'a comment')
    this.#comment('bracket', start, close + 2, start + 2, close)
    return close + 2
  }

  #comment(form: Comment['form'], start: number, end: number, textStart: number, textEnd: number): void {
    this.#onComment(start)
    const text = decodeText(this.#source.subarray(textStart, textEnd))
    this.comments.push({ kind: 'comment', form, start, end, text })
  }

  #quoted(start: number): Token {
    const source = this.#source
    for (let at = start + 1; at < source.length; at += 1) {
      let byte = source[at]
      if (byte === quote) return this.#token('quoted', start, at + 1)
      if (byte === backslash) byte = source[(at += 1)]
      if (byte === 0) throw this.#nul(at, 'a string')
      if (byte === carriageReturn && source[at + 1] !== lineFeed && at + 1 < source.length) {
        throw this.fail('a carriage return without a line feed, in a string', at, { found: 'CR' })
      }
    }
    throw this.fail('the script ends inside of the string that begins here', start, {
      code: 'unterminated',
      expected: ['"'],
    })
  }

  #number(start: number): Token {
    let at = start
    while (isDigit(this.#source[at])) at += 1
    const unit = this.#source[at]
    // RFC 5228 §2.4.1: K, M, G in either case
    if (unit !== undefined && 'KkMmGg'.includes(String.fromCharCode(unit))) at += 1
    return this.#token('number', start, at)
  }

  #name(start: number): Token {
    const end = this.#nameEnd(start, 'name')
    const isText = end - start === 4 && this.#source[end] === colon && this.#lower(start, end) === 'text'
    return isText ? this.#text(start, end + 1) : this.#token('identifier', start, end)
  }

  #nameEnd(start: number, what: string): number {
    let end = start
    while (isNamePart(this.#source[end])) end += 1
    if (end - start > maxNameLength) {
      throw this.fail(`a ${what} of ${end - start} characters, at most ${maxNameLength} are possible`, start)
    }
    return end
  }

  #lower(start: number, end: number): string {
    return decodeText(this.#source.subarray(start, end)).toLowerCase()
  }

  /** A multi-line string (RFC 5228 §2.4.2) whose `text:` ends at `after`. */
  #text(start: number, after: number): Token {
    const source = this.#source
    let at = this.#firstTextLine(start, after)
    for (;;) {
      const lineEnd = source.indexOf(lineFeed, at)
      const end = lineEnd === -1 ? source.length : lineEnd
      this.#refuseNul(at, end, 'a multi-line string')
      const content = source[end - 1] === carriageReturn && end > at ? end - 1 : end
      const stray = source.subarray(at, content).indexOf(carriageReturn)
      if (stray !== -1) {
        throw this.fail('a carriage return without a line feed, in a multi-line string', at + stray, {
          found: 'CR',
        })
      }
      if (lineEnd === -1) throw this.#unterminatedText(start)
      if (content - at === 1 && source[at] === dot) return this.#token('text', start, lineEnd + 1)
      at = lineEnd + 1
    }
  }

  #firstTextLine(start: number, after: number): number {
    const source = this.#source
    let at = after
    while (source[at] === space || source[at] === tab) at += 1
    if (source[at] === carriageReturn) at += 1
    const byte = source[at]
    if (byte === undefined) throw this.#unterminatedText(start)
    if (byte === lineFeed) return at + 1
    if (byte !== hash) {
      throw this.fail(`${describeByte(byte)} after "text:", where the line has to end`, at, {
        expected: ['end of line'],
        found: describeByte(byte),
      })
    }
    const lineEnd = source.indexOf(lineFeed, at)
    this.#refuseNul(at, lineEnd === -1 ? source.length : lineEnd, 'a comment')
    if (lineEnd === -1) throw this.#unterminatedText(start)
    return lineEnd + 1
  }

  #unterminatedText(start: number): SieveSyntaxError {
    return this.fail(
      'the script ends inside of the multi-line string that begins here; it needs a line with only a dot',
      start,
      { code: 'unterminated', expected: ['.'] },
    )
  }

  #refuseNul(start: number, end: number, where: string): void {
    const at = this.#source.subarray(start, end).indexOf(0)
    if (at !== -1) throw this.#nul(start + at, where)
  }

  #nul(at: number, where: string): SieveSyntaxError {
    return this.fail(`a NUL byte in ${where}`, at, { code: 'nul', found: 'NUL' })
  }

  #unexpected(byte: number, at: number): SieveSyntaxError {
    const source = this.#source
    if (byte === 0) return this.fail('a NUL byte', at, { code: 'nul', found: 'NUL' })
    if (at === 0 && byte === 0xef && source[1] === 0xbb && source[2] === 0xbf) {
      return this.fail('the script begins with a byte order mark; Sieve servers refuse that', at, {
        code: 'byteOrderMark',
        found: 'byte order mark',
      })
    }
    const found = describeByte(byte)
    const code = byte >= 0x80 ? 'encoding' : 'syntax'
    return this.fail(`${found} can stand in strings and comments only`, at, { code, found })
  }
}
