import { SieveExportError } from '../../errors.ts'
import type { Position } from './position.ts'

/**
 * - `syntax` not Sieve; see `expected` and `found` · `nul` a NUL byte · `byteOrderMark` EF BB BF at the start, which
 *   servers refuse · `encoding` bytes outside of strings and comments that are not ASCII
 * - `unterminated` the script ends inside of a string, a comment or a block
 * - `tooLarge` beyond `limits.maxBytes` · `tooDeep` nested beyond the limits · `tooMany` too many arguments or nodes
 */
export type SieveSyntaxErrorCode =
  | 'syntax'
  | 'nul'
  | 'byteOrderMark'
  | 'encoding'
  | 'unterminated'
  | 'tooLarge'
  | 'tooDeep'
  | 'tooMany'

export interface SyntaxErrorDetails {
  readonly code?: SieveSyntaxErrorCode
  readonly expected?: readonly string[]
  readonly found?: string
}

/** The bytes are not a Sieve script. Line and column count from 1, columns in characters. */
export class SieveSyntaxError extends SieveExportError {
  override readonly name = 'SieveSyntaxError'
  readonly code: SieveSyntaxErrorCode
  readonly line: number
  readonly column: number
  /** In bytes from the start of the script. */
  readonly offset: number
  /** What would have been right here, e.g. `[';', '{']`. */
  readonly expected: readonly string[]
  /** What is here instead, shortened. */
  readonly found: string | undefined
  /** The sentence without the position. */
  readonly reason: string

  constructor(reason: string, position: Position, details: SyntaxErrorDetails = {}) {
    super(`line ${position.line}, column ${position.column}: ${reason}`)
    this.code = details.code ?? 'syntax'
    this.reason = reason
    this.line = position.line
    this.column = position.column
    this.offset = position.offset
    this.expected = details.expected ?? []
    this.found = details.found
  }
}

/** True for our errors, also from a second copy of this package. */
export function isSieveSyntaxError(error: unknown): error is SieveSyntaxError {
  return error instanceof Error && error.name === 'SieveSyntaxError' && 'line' in error && 'column' in error
}
