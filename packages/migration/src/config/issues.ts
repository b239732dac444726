import type { z } from 'zod'
import { isRecord, knownKeys, type Shape } from './shape.ts'
import { suggestOf } from './suggest.ts'
import type { Path } from './yaml-text.ts'

/** A problem that knows its place in the configuration, not yet its line. */
export interface PlacedProblem {
  readonly path: Path
  /** The key itself is the problem, not its value. */
  readonly key?: string
  readonly message: string
  readonly suggestion?: string
}

/** Puts the issues of the schema into words. Values are repeated only where they are one of a few names, never where a secret belongs. */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  content: unknown,
  shape: Shape,
): PlacedProblem[] {
  return issues.flatMap((issue) => describeIssue(issue, content, shape))
}

function describeIssue(issue: z.core.$ZodIssue, content: unknown, shape: Shape): PlacedProblem[] {
  const path = issue.path.filter((key) => typeof key !== 'symbol')
  const name = printPath(path)
  const value = valueAt(content, path)
  const one = (message: string, suggestion?: string): PlacedProblem[] => [
    { path, message, ...(suggestion === undefined ? {} : { suggestion }) },
  ]
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(shape, content, path)
    return issue.keys.map((key) => {
      const where = name === '' ? 'the configuration' : name
      const suggestion = suggestOf(key, known)
      return {
        path,
        key,
        message: `'${shorten(key)}' is no key of ${where}`,
        ...(suggestion === undefined ? {} : { suggestion }),
      }
    })
  }
  // Later rules are no news when the value is not there at all.
  if (value === undefined) return one(`${name} is missing`, missingHints.get(name.replace(/\[\d+\]/gu, '[]')))
  switch (issue.code) {
    case 'invalid_type':
      return one(`${name} must be ${typeNames[issue.expected] ?? issue.expected}`)
    case 'invalid_value': {
      const names = issue.values.map(String)
      return one(
        `${name} must be ${oneOf(names)}`,
        typeof value === 'string' ? suggestOf(value, names) : undefined,
      )
    }
    case 'invalid_union': {
      const kinds = 'options' in issue ? (issue.options ?? []).map(String) : []
      if (kinds.length === 0)
        return one(`${name} has the wrong form`, 'see the examples of the documentation')
      const kind = isRecord(value) ? value['kind'] : value
      if (kind === undefined) return one(`${name} needs a kind: ${kinds.join(', ')}`)
      return one(
        `${name} must be ${oneOf(kinds)}`,
        typeof kind === 'string' ? suggestOf(kind, kinds) : undefined,
      )
    }
    case 'too_small':
      return one(
        issue.origin === 'array'
          ? `${name} must not be empty`
          : issue.origin === 'string'
            ? `${name} is too short`
            : `${name} must be at least ${issue.minimum}`,
      )
    case 'too_big':
      return one(
        issue.origin === 'string' ? `${name} is too long` : `${name} must be at most ${issue.maximum}`,
      )
    case 'invalid_format':
      return one(`${name} has the wrong form`, formHints.get(String(path.at(-1))))
    case 'custom': {
      const suggestion: unknown = issue.params?.['suggestion']
      return one(`${name}: ${issue.message}`, typeof suggestion === 'string' ? suggestion : undefined)
    }
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
      break
  }
  return one(`${name} has the wrong form`)
}

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? names.join('') : `one of ${names.join(', ')}`
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  // There is no number in the configuration that could be a fraction.
  number: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

/** What to write where something that has no default is missing. */
const missingHints = new Map([
  ['old', 'the old server must be described; mailmove init writes a commented file'],
  ['new', 'mailcow must be described; mailmove init writes a commented file'],
  ['old.imap', 'write imap: { host: mailhaus.example }'],
  ['old.master', 'write master: { user: ..., password: "${OLD_MASTER_PASSWORD}" }'],
  ['old.master.password', 'write password: "${OLD_MASTER_PASSWORD}"'],
  ['old.inventory', 'write inventory: [{ kind: file, path: inventory.yaml }]'],
  ['new.mailcow', 'write mailcow: { url: https://mailcow.example, apiKey: "${MAILCOW_API_KEY}" }'],
  ['new.mailcow.url', 'write url: https://mailcow.example'],
  ['new.mailcow.apiKey', 'write apiKey: "${MAILCOW_API_KEY}"'],
  ['new.master.password', 'write password: "${NEW_MASTER_PASSWORD}"'],
])

const formHints = new Map([
  ['language', 'write de or en'],
  ['from', 'write from: "ITEG <admin@iteg.example>"'],
])

/** `old.inventory[0].url` */
function printPath(path: Path): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  )
}

export function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)]
    return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined
  }, content)
}

function shorten(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, '?')
  return clean.length <= 60 ? clean : `${clean.slice(0, 57)}...`
}
