import { check } from '../check/check.ts'
import type { SieveProblem } from '../check/problem.ts'
import { knownExtensions } from '../grammar/extensions.ts'
import type { Meaning } from '../meaning/read-meaning.ts'
import { edit } from '../syntax/edit.ts'
import { parse } from '../syntax/parse.ts'
import type { Script } from '../syntax/tree.ts'
import { nodesOf, stringsOf } from '../syntax/walk.ts'
import { decodeCharacters } from '../values/encoded-character.ts'
import { hasSubstitution } from '../values/substitutions.ts'
import { requires, withoutExtensions } from './edit-require.ts'

interface ScriptWithMeaning {
  readonly script: Script
  readonly meaning: Meaning
}

/** The extensions in `require` commands, without those that are only asked for with `ihave`. */
export function requiredBy({ script }: Pick<ScriptWithMeaning, 'script'>): ReadonlySet<string> {
  return new Set(
    requires(script)
      .flatMap((command) => command.arguments.flatMap(stringsOf))
      .map(({ value }) => value),
  )
}

/**
 * Where a script uses an extension: the offsets of what would be wrong without it. An extension that nobody knows is used
 * where there is something that nobody knows.
 */
export function usesOf(extension: string, { script, meaning }: ScriptWithMeaning): readonly number[] {
  const hidden = hiddenUses(extension, script, meaning)
  const without = edit(script, withoutExtensions(script, new Set([extension])))
  const limits = { maxBytes: Infinity, maxNodes: Infinity }
  const offered = [...knownExtensions, ...meaning.extensions]
  const options = {
    extensions: offered,
    includes: { personal: true, global: true },
    limits,
    maxProblems: Infinity,
  }
  const before = errorsOf(check(script, options).problems)
  const after = errorsOf(
    check(parse(without, { limits }), {
      ...options,
      extensions: offered.filter((name) => name !== extension),
    }).problems,
  )
  const known = new Set(before.map(({ code, message }) => `${code} ${message}`))
  const shift = script.source.length - without.length
  const isUnknown = !knownExtensions.includes(extension)
  const lost = after.filter(({ code, message }) =>
    isUnknown ? code.startsWith('unknown') : !known.has(`${code} ${message}`),
  )
  return [...hidden, ...lost.map(({ offset }) => offset + shift)].toSorted((a, b) => a - b)
}

function errorsOf(problems: readonly SieveProblem[]): readonly SieveProblem[] {
  return problems.filter(({ severity }) => severity === 'error')
}

/** Uses that no check notices: a script without them is valid, but means something else. */
function hiddenUses(extension: string, script: Script, meaning: Meaning): readonly number[] {
  const strings = [...nodesOf(script)]
    .filter(({ name }) => name !== 'require')
    .flatMap((node) => node.arguments.flatMap(stringsOf))
  if (extension === 'variables')
    return strings.filter(({ value }) => hasSubstitution(value)).map(({ start }) => start)
  if (extension === 'encoded-character') {
    return strings.filter(({ value }) => decodeCharacters(value).text !== value).map(({ start }) => start)
  }
  if (extension !== 'vnd.dovecot.environment') return []
  const items = [...nodesOf(script)].filter(({ name }) => name === 'environment')
  const namespaced = strings.filter(
    ({ value }) => meaning.extensions.has('variables') && /\$\{env\./i.test(value),
  )
  return [
    ...items
      .filter(
        (node) => meaning.text(meaning.argumentsOf(node)?.positional[0])?.startsWith('vnd.dovecot.') === true,
      )
      .map(({ start }) => start),
    ...namespaced.map(({ start }) => start),
  ]
}
