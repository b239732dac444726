import type { StringArgument } from '../syntax/tree.ts'
import { decodeCharacters } from '../values/encoded-character.ts'
import { hasSubstitution } from '../values/substitutions.ts'
import type { Scope } from './scope.ts'

export interface Interpreted {
  /** With encoded characters decoded. */
  readonly text: string
  /** False: it holds variables, its value is known only when the script runs. */
  readonly literal: boolean
  /** A `${unicode:...}` that names no character; servers refuse it. */
  readonly invalid?: string
}

/** What a string means under the extensions in force. */
export function interpret(string: StringArgument, scope: Scope): Interpreted {
  const literal = !(scope.has('variables') && hasSubstitution(string.value))
  if (!scope.has('encoded-character')) return { text: string.value, literal }
  const { text, invalid } = decodeCharacters(string.value)
  return { text, literal, ...(invalid === undefined ? {} : { invalid }) }
}
