import type { Command, Test } from '../syntax/tree.ts'
import { nodesOf } from '../syntax/walk.ts'
import type { RewriteContext } from './context.ts'
import type { Change, Draft, Step } from './draft.ts'
import type { RewriteChangeKind } from './options.ts'
import { groupedByRequire, replacedExtension, withoutExtensions } from '../require/edit-require.ts'
import { requiredBy } from '../require/extension-uses.ts'

interface Renamed {
  readonly from: string
  readonly to: string
  readonly kind: RewriteChangeKind
  /** Rewritten even where the new server still has the old one. */
  readonly always?: true
  readonly commands?: Readonly<Record<string, string>>
  readonly tags?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** Extensions that live on under another name, with the same meaning. */
const renamed: readonly Renamed[] = [
  {
    from: 'imapflags',
    to: 'imap4flags',
    kind: 'flags',
    always: true,
    // draft-melnikov-sieve-imapflags-03 §4
    commands: { mark: String.raw`addflag "\\Flagged"`, unmark: String.raw`removeflag "\\Flagged"` },
  },
  { from: 'ereject', to: 'reject', kind: 'reject', commands: { ereject: 'reject' } },
  {
    from: 'vnd.dovecot.duplicate',
    to: 'duplicate',
    kind: 'duplicate',
    tags: { duplicate: { value: 'uniqueid' } },
  },
]

/** Replaces extensions that have a successor with the same meaning. */
export function renameExtensions(draft: Draft, context: RewriteContext): Step {
  const due = renamed.filter(
    ({ from, to, always }) =>
      draft.meaning.extensions.has(from) &&
      context.offered.has(to) &&
      (always === true || !context.offered.has(from)),
  )
  return { changes: due.flatMap((rule) => changesOf(rule, draft, context)), notes: [] }
}

function changesOf(rule: Renamed, { script }: Draft, { texts }: RewriteContext): readonly Change[] {
  const why = texts.renamedExtension(rule.from, rule.to)
  const { kind } = rule
  const splices = requiredBy({ script }).has(rule.to)
    ? withoutExtensions(script, new Set([rule.from]))
    : replacedExtension(script, rule.from, rule.to)
  const changes = groupedByRequire(script, splices).map((splice): Change => ({ ...splice, kind, why }))
  for (const node of nodesOf(script)) changes.push(...nodeChanges(node, rule, why))
  return changes
}

function nodeChanges(node: Command | Test, rule: Renamed, why: string): readonly Change[] {
  const command = rule.commands?.[node.name]
  const tags = rule.tags?.[node.name] ?? {}
  return [
    ...(command === undefined ? [] : [{ kind: rule.kind, ...node.nameSpan, text: command, why }]),
    ...node.arguments.flatMap((argument) => {
      const tag = argument.kind === 'tag' ? tags[argument.name] : undefined
      const { start, end } = argument
      return tag === undefined ? [] : [{ kind: rule.kind, start, end, text: `:${tag}`, why }]
    }),
  ]
}
