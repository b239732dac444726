import { type FileProblem, InventoryFileError } from './errors.ts'

/** Where something stands. Counts from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** A file in which every line is wrong gets this many problems and a last one that counts the rest. */
const maxProblems = 200

/** Gathers what is wrong in a file, so that all of it can be said at once. */
export class Problems {
  readonly file: string
  readonly #problems: FileProblem[] = []

  constructor(file: string) {
    this.file = file
  }

  add(at: Position, message: string, suggestion?: string): void {
    this.#problems.push({
      file: this.file,
      line: at.line,
      column: at.column,
      message,
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  }

  /** @throws InventoryFileError when there is a problem */
  throwIfAny(): void {
    const problems = this.#problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
    const first = problems.slice(0, maxProblems)
    const rest = problems[maxProblems]
    if (rest !== undefined)
      first.push({ ...rest, message: `and ${problems.length - maxProblems} more problems` })
    if (first.length > 0) throw new InventoryFileError(first)
  }
}
