/** A part of the script, in bytes; `end` is behind the last byte. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A whole script. Every node knows where it stands, so that changes can be made in place (see `edit`). */
export interface Script extends Span {
  readonly kind: 'script'
  readonly source: Uint8Array
  readonly commands: readonly Command[]
  /** All comments, in the order of the script, wherever they stand. */
  readonly comments: readonly Comment[]
}

export interface Comment extends Span {
  readonly kind: 'comment'
  readonly form: 'hash' | 'bracket'
  /** What was written, without the marks, not trimmed. Bytes that are not UTF-8 became U+FFFD. */
  readonly text: string
}

/** `name arguments tests ;` or `name arguments tests { block }`. The span includes the semicolon or the block. */
export interface Command extends Span {
  readonly kind: 'command'
  /** Lower case; Sieve does not tell the difference. */
  readonly name: string
  readonly nameSpan: Span
  readonly arguments: readonly Argument[]
  readonly tests: readonly Test[]
  /** The tests stand in parentheses. */
  readonly testList: boolean
  readonly block?: Block
}

export interface Test extends Span {
  readonly kind: 'test'
  readonly name: string
  readonly nameSpan: Span
  readonly arguments: readonly Argument[]
  readonly tests: readonly Test[]
  readonly testList: boolean
}

/** With its braces. */
export interface Block extends Span {
  readonly kind: 'block'
  readonly commands: readonly Command[]
}

export type Argument = TagArgument | NumberArgument | StringArgument | StringListArgument

export interface TagArgument extends Span {
  readonly kind: 'tag'
  /** Lower case, without the colon. */
  readonly name: string
}

export interface NumberArgument extends Span {
  readonly kind: 'number'
  /** With its unit (K, M, G) counted in. Beyond 2^53 the nearest number that JavaScript has. */
  readonly value: number
}

export interface StringArgument extends Span {
  readonly kind: 'string'
  readonly form: 'quoted' | 'text'
  /**
   * What the string means before extensions look at it: escapes and dot-stuffing removed, every line end CRLF
   * (RFC 5228 §2.4.2). Bytes that are not UTF-8 became U+FFFD, see `invalidAt`.
   */
  readonly value: string
  /** Offset in the script of the first byte that is not UTF-8. Servers take such strings in most places. */
  readonly invalidAt?: number
}

export interface StringListArgument extends Span {
  readonly kind: 'strings'
  readonly items: readonly StringArgument[]
}
