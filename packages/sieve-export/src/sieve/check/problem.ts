import { positionAt } from '../syntax/position.ts'

/**
 * - the codes of `SieveSyntaxError` · `unknownExtension` the server does not offer it · `restrictedExtension` it offers it
 *   to its own scripts only · `conflictingExtensions`, `missingExtension` what has to (not) be required besides
 * - `unknownCommand`, `unknownTest`, `unknownTag`: not there, or its extension is not required · `misplaced` right in
 *   itself, but not here · `arguments` too few, too many, of the wrong kind · `repeatedTag` twice, or one that excludes it
 * - `tests`, `block` missing or too many · `address`, `folder`, `header`, `regex`, `variable`, `value` a literal that the
 *   server refuses (or, as a warning, that can never match) · `include` the script to include is not to be had
 */
export type SieveProblemCode =
  | 'syntax'
  | 'nul'
  | 'byteOrderMark'
  | 'encoding'
  | 'unterminated'
  | 'tooLarge'
  | 'tooDeep'
  | 'tooMany'
  | 'unknownExtension'
  | 'restrictedExtension'
  | 'conflictingExtensions'
  | 'missingExtension'
  | 'unknownCommand'
  | 'unknownTest'
  | 'unknownTag'
  | 'misplaced'
  | 'arguments'
  | 'repeatedTag'
  | 'tests'
  | 'block'
  | 'address'
  | 'folder'
  | 'header'
  | 'regex'
  | 'variable'
  | 'value'
  | 'include'

/** What a server will say of a script. Line and column count from 1, columns in characters; the offset is in bytes. */
export interface SieveProblem {
  readonly code: SieveProblemCode
  /** `error`: the server refuses the script. `warning`: it takes it, but somebody should look. */
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly line: number
  readonly column: number
  readonly offset: number
}

/** A problem that does not know yet where it is. */
export interface Finding {
  readonly code: SieveProblemCode
  readonly severity?: 'error' | 'warning'
  readonly message: string
}

/** Collects problems of one script; never more than `limit` of them. */
export class Problems {
  readonly #source: Uint8Array
  readonly #limit: number
  readonly #found: SieveProblem[] = []
  #errors = 0

  constructor(source: Uint8Array, limit: number) {
    this.#source = source
    this.#limit = limit
  }

  get errors(): number {
    return this.#errors
  }

  add(finding: Finding, offset: number): void {
    const severity = finding.severity ?? 'error'
    if (severity === 'error') this.#errors += 1
    if (this.#found.length >= this.#limit) return
    const { code, message } = finding
    this.#found.push({ code, severity, message, ...positionAt(this.#source, offset) })
  }

  sorted(): readonly SieveProblem[] {
    return this.#found.toSorted((a, b) => a.offset - b.offset)
  }
}
