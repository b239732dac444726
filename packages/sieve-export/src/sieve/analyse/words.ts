import type { Action } from './action.ts'
import type { Clause } from './expression.ts'

/** One language's way to say things; `describeStep` puts them together. */
export interface Words {
  readonly and: string
  readonly or: string
  readonly always: string
  readonly never: string
  readonly nothing: string
  readonly forEachPart: string
  readonly leave: string
  clause(clause: Clause): string
  /** Today is a day from the one date to the other; both belong to it. */
  period(begins: string, ends: string): string
  action(action: Action): string
  /** `first`: no branch came before. */
  when(condition: string, actions: string, first: boolean): string
  otherwise(actions: string): string
  /** A rule that never runs. */
  off(sentence: string): string
  /** Within a list of actions. */
  inner(sentence: string): string
}
