import type { SortedArguments } from '../check/command.ts'
import type { Meaning } from '../meaning/read-meaning.ts'
import type { Test } from '../syntax/tree.ts'
import type { Clause, Expression, Match, Relation, Subject } from './expression.ts'

/** What a test asks. Negations move inward, so that each clause says for itself what it wants. */
export function readTest(test: Test, meaning: Meaning, negated = false): Expression {
  switch (test.name) {
    case 'not': {
      const [inner] = test.tests
      return inner === undefined ? other(test, negated) : readTest(inner, meaning, !negated)
    }
    case 'anyof':
    case 'allof': {
      const parts = test.tests.map((inner) => readTest(inner, meaning, negated))
      // not (a or b) is: not a and not b
      return combined((test.name === 'allof') === negated ? 'any' : 'all', parts)
    }
    case 'true':
    case 'false':
      return { kind: 'constant', value: (test.name === 'true') !== negated }
    default: {
      const sorted = meaning.argumentsOf(test)
      return sorted === undefined ? other(test, negated) : readClause(test, sorted, meaning, negated)
    }
  }
}

/** Constants that decide, or do not matter, go. */
function combined(kind: 'all' | 'any', parts: readonly Expression[]): Expression {
  const decisive = kind === 'any'
  if (parts.some((part) => part.kind === 'constant' && part.value === decisive))
    return { kind: 'constant', value: decisive }
  const rest = parts.filter((part) => part.kind !== 'constant')
  const [only] = rest
  if (only === undefined) return { kind: 'constant', value: !decisive }
  return rest.length === 1 ? only : { kind, parts: rest }
}

function readClause(test: Test, sorted: SortedArguments, meaning: Meaning, negated: boolean): Expression {
  const [first, second] = sorted.positional
  switch (test.name) {
    case 'exists':
      return { kind: 'exists', headers: meaning.texts(first), negated }
    case 'size':
      if (first?.kind !== 'number') return other(test, negated)
      return { kind: 'size', over: sorted.tags.has('over'), bytes: first.value, negated }
    case 'mailboxexists':
      return { kind: 'folder', names: meaning.texts(first), negated }
    case 'duplicate':
      return { kind: 'duplicate', negated }
    case 'ihave':
      return { kind: 'ihave', extensions: meaning.texts(first), negated }
    case 'hasflag':
      return {
        kind: 'compare',
        subject: { kind: 'flags' },
        match: matchOf(sorted, meaning),
        values: meaning.texts(second),
        negated,
      }
    default: {
      const subject = subjectOf(test, sorted, meaning)
      if (subject === undefined) return other(test, negated)
      const values = meaning.texts(sorted.positional.at(-1))
      return { kind: 'compare', subject, match: matchOf(sorted, meaning), values, negated }
    }
  }
}

function subjectOf({ name }: Test, sorted: SortedArguments, meaning: Meaning): Subject | undefined {
  const [first, second] = sorted.positional
  const text = meaning.text(first) ?? ''
  switch (name) {
    case 'header':
    case 'address':
    case 'envelope': {
      const { addressPart } = sorted
      const part = addressPart === undefined || addressPart === 'all' ? {} : { part: addressPart }
      return { kind: name, names: meaning.texts(first), ...part }
    }
    case 'body':
      return { kind: 'body' }
    case 'currentdate':
      return { kind: 'now', part: text.toLowerCase() }
    case 'date':
      return { kind: 'date', header: text, part: (meaning.text(second) ?? '').toLowerCase() }
    case 'string':
      return { kind: 'text', texts: meaning.texts(first) }
    case 'environment':
      return { kind: 'environment', name: text }
    case 'spamtest':
      return { kind: 'spamScore', percent: sorted.tags.has('percent') }
    case 'virustest':
      return { kind: 'virusScore' }
    case 'metadata':
      return { kind: 'metadata', name: meaning.text(second) ?? '' }
    case 'servermetadata':
      return { kind: 'metadata', name: text }
    default:
      return undefined
  }
}

const relations: ReadonlySet<string> = new Set(['gt', 'ge', 'lt', 'le', 'eq', 'ne'])

function isRelation(text: string): text is Relation {
  return relations.has(text)
}

function matchOf(sorted: SortedArguments, meaning: Meaning): Match {
  switch (sorted.match) {
    case 'contains':
    case 'matches':
    case 'regex':
    case 'list':
      return { how: sorted.match }
    case 'value':
    case 'count': {
      const relation = meaning.text(sorted.tags.get('relation')) ?? ''
      return { how: sorted.match, relation: isRelation(relation) ? relation : 'eq' }
    }
    case 'is':
    case undefined:
    default:
      return { how: 'is' }
  }
}

function other({ name }: Test, negated: boolean): Clause {
  return { kind: 'other', name, negated }
}
