import type { SortedArguments } from '../check/command.ts'
import { quote } from '../syntax/quote.ts'
import type { Command, Script, Span } from '../syntax/tree.ts'
import { commandsOf, nodesOf, stringsOf } from '../syntax/walk.ts'
import { addressProblem, bareAddress } from '../values/address.ts'
import { hasSubstitution } from '../values/substitutions.ts'
import type { RewriteContext } from './context.ts'
import type { Change, Draft, Step } from './draft.ts'
import { groupedByRequire, replacedExtension, withExtensions } from '../require/edit-require.ts'
import { lineEnd } from '../require/line-end.ts'

/** What the deprecated extension puts into a message (draft-martin-sieve-notify-01 §3.2), and how to get it today. */
const placeholders: Readonly<
  Record<string, { readonly variable: string; readonly test: string; readonly extension?: string }>
> = {
  $subject$: { variable: 'notify_subject', test: 'header :matches "Subject" "*"' },
  $from$: { variable: 'notify_from', test: 'header :matches "From" "*"' },
  '$env-from$': { variable: 'notify_sender', test: 'envelope :matches "from" "*"', extension: 'envelope' },
}
const placeholder = /\$(?:subject|from|env-from)\$/g
/** Text of the message: enotify has no way to say it. */
const inexpressible = /\$text(?:\[\d+\])?\$/
/** As Pigeonhole does without `:message`, and without a tag for the importance. */
const defaultMessage = '$from$: $subject$'
const oldSubject = '[SIEVE] New mail notification'
const maxRecipients = 8

type Reason =
  | 'denotify'
  | 'text'
  | 'method'
  | 'recipients'
  | 'variables'
  | 'matchValues'
  | 'extensions'
  | 'arguments'

interface Notification {
  readonly command: Command
  readonly recipients: readonly string[]
  readonly message: string
  readonly importance: '1' | '2' | '3'
}

/**
 * Rewrites `notify` of the deprecated notify extension for enotify (RFC 5435, RFC 5436): same recipients, same subject and
 * text. All or nothing, as both extensions exclude each other.
 */
export function modernizeNotify(draft: Draft, context: RewriteContext): Step {
  const { script, meaning } = draft
  if (!meaning.extensions.has('notify') || meaning.extensions.has('enotify'))
    return { changes: [], notes: [] }
  const commands = [...commandsOf(script)].filter(({ name }) => name === 'notify' || name === 'denotify')
  if (commands.length === 0) return { changes: [], notes: [] }
  const notifications: Notification[] = []
  for (const command of commands) {
    const read = readNotification(command, draft)
    if (typeof read === 'string') return kept(read, command.start, context)
    notifications.push(read)
  }
  const used = new Set(notifications.flatMap(({ message }) => message.match(placeholder) ?? []))
  const needed = [
    ...(used.size > 0 ? ['variables'] : []),
    ...[...used].flatMap((name) => placeholders[name]?.extension ?? []),
  ]
  const first = commands[0]?.start ?? 0
  if (['enotify', ...needed].some((name) => !context.offered.has(name)))
    return kept('extensions', first, context)
  const problem = used.size > 0 ? variableProblem(draft, first) : undefined
  if (problem !== undefined) return kept(problem, first, context)
  const why = context.texts.notifyModernized
  const requires = [...replacedExtension(script, 'notify', 'enotify'), ...withExtensions(script, needed)]
  const changes: Change[] = notifications.map((notification) => ({
    kind: 'notify',
    start: notification.command.start,
    end: notification.command.end,
    text: modern(notification, draft),
    why,
  }))
  return {
    changes: [
      ...groupedByRequire(script, requires).map((splice): Change => ({ ...splice, kind: 'extension', why })),
      ...changes,
    ],
    notes: [],
  }
}

function kept(reason: Reason, offset: number, { offered, texts }: RewriteContext): Step {
  // Where the new server still has the deprecated extension, everything goes on as before.
  const severity = offered.has('notify') ? 'info' : 'error'
  return {
    changes: [],
    notes: [{ code: 'oldNotify', severity, offset, ...texts.oldNotify(reason, severity === 'info') }],
  }
}

function readNotification(command: Command, { meaning }: Draft): Notification | Reason {
  if (command.name === 'denotify') return 'denotify'
  const sorted = meaning.argumentsOf(command)
  if (sorted === undefined) return 'arguments'
  if ((meaning.text(sorted.tags.get('method')) ?? 'mailto').toLowerCase() !== 'mailto') return 'method'
  const options = stringsOf(sorted.tags.get('options')).map((option) => meaning.interpret(option))
  const recipients = options.map(({ text }) => bareAddress(text))
  const literal =
    options.every((option) => option.literal) &&
    stringsOf(sorted.tags.get('message')).every((message) => meaning.interpret(message).literal)
  if (!literal) return 'variables'
  if (
    recipients.length === 0 ||
    recipients.length > maxRecipients ||
    recipients.some((address) => addressProblem(address) !== undefined)
  ) {
    return 'recipients'
  }
  const message = meaning.text(sorted.tags.get('message')) ?? defaultMessage
  return inexpressible.test(message)
    ? 'text'
    : { command, recipients, message, importance: importanceOf(sorted) }
}

function importanceOf({ tags }: SortedArguments): Notification['importance'] {
  if (tags.has('low')) return '3'
  return tags.has('normal') ? '2' : '1'
}

/** Whether variables can be had without changing what the rest of the script means. */
function variableProblem({ script, meaning }: Draft, from: number): Reason | undefined {
  const strings = [...nodesOf(script)].flatMap((node) => node.arguments.flatMap(stringsOf))
  if (!meaning.extensions.has('variables'))
    return strings.some(({ value }) => hasSubstitution(value)) ? 'variables' : undefined
  // The tests that we add match, and so replace what `${1}` stands for.
  if (strings.some(({ start, value }) => start > from && /\$\{\d+\}/.test(value))) return 'matchValues'
  return strings.some(({ value }) => /notify_(?:subject|from|sender)/i.test(value)) ? 'variables' : undefined
}

function modern({ command, recipients, message, importance }: Notification, { script }: Draft): Uint8Array {
  const used = [...new Set(message.match(placeholder) ?? [])]
  const sets = used.flatMap((name) => {
    const known = placeholders[name]
    return known === undefined ? [] : [`if ${known.test} { set :encodeurl "${known.variable}" "\${1}"; }`]
  })
  const body = message
    .split(/(\$(?:subject|from|env-from)\$)/)
    .map((part) =>
      placeholders[part] === undefined ? encodeURIComponent(part) : `\${${placeholders[part].variable}}`,
    )
    .join('')
  const to = recipients.map((address) => encodeURIComponent(address).replaceAll('%40', '@')).join('%2C')
  const uri = `mailto:${to}?subject=${encodeURIComponent(oldSubject)}&body=${body}`
  const comments = commentsIn(script, command).map(({ start, end }) => script.source.subarray(start, end))
  const lines = [...sets, `notify :importance ${quote(importance)} ${quote(uri)};`]
  const indent = indentOf(script.source, command.start)
  const newLine = lineEnd(script.source) + (indent ?? '')
  const text = lines.join(indent === undefined && comments.length === 0 ? ' ' : newLine)
  const encoder = new TextEncoder()
  return Buffer.concat([
    ...comments.flatMap((comment) => [comment, encoder.encode(newLine)]),
    encoder.encode(text),
  ])
}

function commentsIn({ comments }: Script, { start, end }: Span): readonly Span[] {
  let low = 0
  let high = comments.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((comments[middle]?.start ?? 0) < start) low = middle + 1
    else high = middle
  }
  let last = low
  while ((comments[last]?.start ?? Infinity) < end) last += 1
  return comments.slice(low, last)
}

/** The blanks before a command that begins its line; undefined when something else stands before it. */
function indentOf(source: Uint8Array, start: number): string | undefined {
  const lineStart = start === 0 ? 0 : source.lastIndexOf(0x0a, start - 1) + 1
  const before = new TextDecoder().decode(source.subarray(lineStart, start))
  return /^[ \t]*$/.test(before) ? before : undefined
}
