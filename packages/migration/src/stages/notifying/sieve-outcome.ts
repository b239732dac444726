import { type Argument, type Command, isSieveSyntaxError, parse, type Test } from '@iteg/sieve-export'

/** Our mail, as a Sieve script sees it. */
export interface SieveMail {
  /** Sender, in From and in the envelope. */
  readonly from: string
  readonly to: string
  readonly subject: string
}

/**
 * What a user's script may do with a mail of ours. `no`: not; `perhaps`: it hangs on something that cannot be told
 * beforehand; `yes`: it does.
 */
export interface SieveOutcome {
  /** Sent on, and nothing stays in the mailbox. */
  readonly leaves: Certainty
  readonly targets: readonly string[]
  /** Thrown away, or refused. */
  readonly lost: Certainty
}

type Certainty = 'no' | 'perhaps' | 'yes'

const NOTHING: SieveOutcome = { leaves: 'no', targets: [], lost: 'no' }

/** One way through the script. */
interface Path {
  readonly kept: boolean
  /** RFC 5228 §2.10.2: stays until an action takes its place. */
  readonly implicitKeep: boolean
  readonly redirects: readonly string[]
  readonly discarded: boolean
  readonly stopped: boolean
}

/** A script with more that differ is more than a person would read; the first ones speak for it. */
const MAX_PATHS = 256

/**
 * Runs a script over a mail without a server. Tests that only a real delivery can decide go both ways. A script that cannot be
 * read does nothing on the old server either (its mail is kept). Pure.
 */
export function sieveOutcome(script: Uint8Array, mail: SieveMail): SieveOutcome {
  try {
    const start: Path = {
      kept: false,
      implicitKeep: true,
      redirects: [],
      discarded: false,
      stopped: false,
    }
    return summary(runAll(parse(script).commands, [start], mail))
  } catch (error) {
    if (isSieveSyntaxError(error)) return NOTHING
    throw error
  }
}

function summary(paths: readonly Path[]): SieveOutcome {
  const stays = ({ kept, implicitKeep }: Path): boolean => kept || implicitKeep
  const leaving = paths.filter((path) => path.redirects.length > 0 && !stays(path))
  const losing = paths.filter((path) => path.redirects.length === 0 && !stays(path))
  return {
    leaves: certaintyOf(leaving, paths),
    targets: [...new Set(leaving.flatMap(({ redirects }) => redirects))].toSorted(),
    lost: certaintyOf(losing, paths),
  }
}

function certaintyOf(some: readonly Path[], all: readonly Path[]): Certainty {
  if (some.length === 0) return 'no'
  return some.length === all.length ? 'yes' : 'perhaps'
}

function runAll(commands: readonly Command[], from: readonly Path[], mail: SieveMail): readonly Path[] {
  let paths = from
  for (let index = 0; index < commands.length; index += 1) {
    const command = commands[index]
    if (command === undefined) break
    if (command.name === 'if') {
      const chain = [command]
      while (['elsif', 'else'].includes(commands[index + 1]?.name ?? '')) {
        index += 1
        const next = commands[index]
        if (next !== undefined) chain.push(next)
      }
      paths = bounded(paths.flatMap((path) => (path.stopped ? [path] : choose(chain, path, mail))))
    } else paths = paths.map((path) => (path.stopped ? path : act(command, path)))
  }
  return paths
}

/** Ways that come to the same are one, so that a long script has few. */
function bounded(paths: readonly Path[]): readonly Path[] {
  const distinct = new Map(paths.map((path) => [JSON.stringify(path), path]))
  return [...distinct.values()].slice(0, MAX_PATHS)
}

function choose(chain: readonly Command[], path: Path, mail: SieveMail): readonly Path[] {
  const ends: Path[] = []
  let open: Path | undefined = path
  for (const branch of chain) {
    if (open === undefined) break
    const truth = branch.name === 'else' ? true : evaluate(branch.tests[0], mail)
    if (truth === false) continue
    ends.push(...runAll(branch.block?.commands ?? [], [open], mail))
    if (truth === true) open = undefined
  }
  return open === undefined ? ends : [...ends, open]
}

function act(command: Command, path: Path): Path {
  const copies = hasTag(command.arguments, 'copy')
  switch (command.name) {
    case 'keep':
    case 'fileinto':
      return { ...path, kept: true, implicitKeep: path.implicitKeep && copies }
    case 'redirect':
      return {
        ...path,
        redirects: [
          ...new Set([...path.redirects, ...stringsOf(command.arguments.at(-1)).slice(0, 1)]),
        ].slice(0, 20),
        implicitKeep: path.implicitKeep && copies,
      }
    case 'discard':
      return { ...path, discarded: true, implicitKeep: false }
    case 'reject':
    case 'ereject':
      return { ...path, discarded: true, implicitKeep: false }
    case 'stop':
      return { ...path, stopped: true }
    default:
      return path
  }
}

/** `undefined`: only a real delivery tells. */
function evaluate(test: Test | undefined, mail: SieveMail): boolean | undefined {
  if (test === undefined) return undefined
  switch (test.name) {
    case 'true':
      return true
    case 'false':
      return false
    case 'not': {
      const inner = evaluate(test.tests[0], mail)
      return inner === undefined ? undefined : !inner
    }
    case 'allof':
      return every(test.tests.map((each) => evaluate(each, mail)))
    case 'anyof': {
      const none = every(test.tests.map((each) => negated(evaluate(each, mail))))
      return negated(none)
    }
    case 'header':
    case 'address':
    case 'envelope':
      return compare(test, mail)
    case 'exists':
      return every(
        stringsOf(test.arguments.at(-1)).map(
          (name) => HEADERS.has(name.toLowerCase()) || unknownHeader(name),
        ),
      )
    default:
      return undefined
  }
}

function every(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(false)) return false
  return values.includes(undefined) ? undefined : true
}

function negated(value: boolean | undefined): boolean | undefined {
  return value === undefined ? undefined : !value
}

/** What every mail of ours has. */
const HEADERS: ReadonlySet<string> = new Set([
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
])
/** What none of ours has, and no server adds. */
const NEVER: ReadonlySet<string> = new Set([
  'cc',
  'bcc',
  'list-id',
  'list-post',
  'list-unsubscribe',
  'precedence',
  'sender',
  'x-mailing-list',
])

function unknownHeader(name: string): boolean | undefined {
  return NEVER.has(name.toLowerCase()) ? false : undefined
}

function compare(test: Test, mail: SieveMail): boolean | undefined {
  const [names, keys] = [test.arguments.at(-2), test.arguments.at(-1)].map(stringsOf)
  if (names === undefined || keys === undefined) return undefined
  const results = names.flatMap((name) => {
    const value = valueOf(test, name.toLowerCase(), mail)
    return keys.map((key) =>
      value === null ? false : value === undefined ? undefined : matches(test, value, key),
    )
  })
  return negated(every(results.map(negated)))
}

/** `null`: our mail has no such header. */
function valueOf(test: Test, header: string, mail: SieveMail): string | null | undefined {
  const address = header === 'from' ? mail.from : header === 'to' ? mail.to : undefined
  if (test.name === 'header') {
    if (header === 'subject') return mail.subject
    // The display name stands in front of it; only a part of the whole can be told.
    if (address !== undefined) return hasTag(test.arguments, 'contains') ? address : undefined
    return NEVER.has(header) ? null : undefined
  }
  if (address === undefined) return NEVER.has(header) ? null : undefined
  const at = address.lastIndexOf('@')
  if (hasTag(test.arguments, 'domain')) return address.slice(at + 1)
  if (hasTag(test.arguments, 'localpart')) return address.slice(0, at)
  return hasTag(test.arguments, 'user') || hasTag(test.arguments, 'detail') ? undefined : address
}

/** Case does not count (i;ascii-casemap, the default). What is no text comparison cannot be told. */
function matches(test: Test, value: string, key: string): boolean | undefined {
  const [text, wanted] = [value.toLowerCase(), key.toLowerCase()]
  if (key.includes('${')) return undefined
  if (hasTag(test.arguments, 'contains')) return text.includes(wanted)
  if (hasTag(test.arguments, 'matches')) return wildcard(text, wanted)
  const tags = test.arguments.flatMap((argument) => (argument.kind === 'tag' ? [argument.name] : []))
  return tags.every((tag) => PLAIN.has(tag)) ? text === wanted : undefined
}

const PLAIN: ReadonlySet<string> = new Set(['is', 'all', 'domain', 'localpart', 'comparator'])

/** RFC 5228 §2.7.1: `*` is any number of characters, `?` is one, `\` quotes. Linear but for the stars. */
function wildcard(text: string, pattern: string): boolean | undefined {
  if (pattern.length > 500 || pattern.includes('\\')) return undefined
  let [at, star, mark, index] = [0, -1, 0, 0]
  while (at < text.length) {
    if (
      index < pattern.length &&
      (pattern[index] === '?' || (pattern[index] === text[at] && pattern[index] !== '*'))
    ) {
      at += 1
      index += 1
    } else if (pattern[index] === '*') {
      star = index
      mark = at
      index += 1
    } else if (star >= 0) {
      mark += 1
      at = mark
      index = star + 1
    } else return false
  }
  return /^\**$/.test(pattern.slice(index))
}

function hasTag(list: readonly Argument[], name: string): boolean {
  return list.some((argument) => argument.kind === 'tag' && argument.name === name)
}

function stringsOf(argument: Argument | undefined): readonly string[] {
  if (argument?.kind === 'string') return [argument.value]
  return argument?.kind === 'strings' ? argument.items.map(({ value }) => value) : []
}
