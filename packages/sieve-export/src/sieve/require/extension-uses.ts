import { check } from '../check/check.ts'
import type { SieveProblem, SieveProblemCode } from '../check/problem.ts'
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

/** Of extensions that nobody knows, a script that means well has one or two. */
const maxUnknown = 20

/**
 * Where a script uses extensions that it requires: the offsets of what would be wrong without them, in order. An extension
 * that nobody knows is used where there is something that nobody knows.
 */
export function extensionUses(
  names: Iterable<string>,
  { script, meaning }: ScriptWithMeaning,
): ReadonlyMap<string, readonly number[]> {
  const all = [...names]
  if (all.length === 0) return new Map()
  const known = all.filter((name) => knownExtensions.includes(name))
  const unknown = all.filter((name) => !knownExtensions.includes(name))
  const offered = [...knownExtensions, ...meaning.extensions]
  const before = errorsOf(script, offered)
  const unknownUses = before.filter(({ code }) => unknownThings.has(code)).map(({ offset }) => offset)
  return new Map([
    ...unknown.map((name, index) => [name, index < maxUnknown ? unknownUses : []] as const),
    ...known.map((name) => [name, usesOf(name, { script, meaning }, offered, before)] as const),
  ])
}

const unknownThings: ReadonlySet<SieveProblemCode> = new Set(['unknownCommand', 'unknownTest', 'unknownTag'])

function usesOf(
  extension: string,
  { script, meaning }: ScriptWithMeaning,
  offered: readonly string[],
  before: readonly SieveProblem[],
): readonly number[] {
  const without = parse(edit(script, withoutExtensions(script, new Set([extension]))), { limits: unlimited })
  const after = errorsOf(
    without,
    offered.filter((name) => name !== extension),
  )
  const same = new Set(before.map(({ code, message }) => `${code} ${message}`))
  const lost = after.filter(({ code, message }) => !same.has(`${code} ${message}`))
  // All `require`s stand before everything else.
  const shift = script.source.length - without.source.length
  const offsets = [...hiddenUses(extension, script, meaning), ...lost.map(({ offset }) => offset + shift)]
  return offsets.toSorted((a, b) => a - b)
}

const unlimited = { maxBytes: Infinity, maxNodes: Infinity }

function errorsOf(script: Script, extensions: readonly string[]): readonly SieveProblem[] {
  const includes = { personal: true, global: true }
  const { problems } = check(script, { extensions, includes, maxProblems: Infinity })
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
