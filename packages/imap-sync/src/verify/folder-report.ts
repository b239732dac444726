import type { Lane } from '../sync/lane.ts'
import type { Comparison, SourceMessage } from './compare.ts'
import { allowedBy, describe, fetchHeaders, type Header } from './describe.ts'
import type { FolderContents } from './folder-reader.ts'
import { explain } from './judge.ts'
import { digestOf, type ListedMessage } from './list-side.ts'
import type { VerifyMailbox } from './options.ts'
import type { FolderVerifyReport, MessageRef } from './report.ts'
import type { FolderGroup } from './folder-group.ts'

/** Header fields are read of so many extras; beyond that nothing explains them. */
const maxExplained = 5000

/** Judges a comparison and describes what is wrong, so that a person finds each message. Repeatable. */
export async function folderReport(
  mailbox: VerifyMailbox,
  lane: Lane,
  group: FolderGroup,
  contents: FolderContents,
  comparison: Comparison,
): Promise<FolderVerifyReport> {
  const { maxListed = 200, proven = new Set<string>(), phase } = mailbox
  const judged = judgeMissing(mailbox, group, contents, comparison, proven)
  const extras = mailbox.since === undefined ? await judgeExtras(mailbox, lane, group, comparison) : noExtras
  const sourceRefs = await describeAll(lane, group, [
    ...judged.missing.slice(0, maxListed),
    ...judged.explained.map(({ message }) => message).slice(0, maxListed),
    ...judged.goneSince.slice(0, maxListed),
    ...comparison.different.map(({ source }) => source).slice(0, maxListed),
  ])
  const ref = (message: SourceMessage): MessageRef =>
    sourceRefs.get(message) ?? describe(nameOf(group, message.folder), message, undefined)
  const ok =
    contents.problem === undefined &&
    judged.missing.length + judged.unreadable + extras.extra.length + comparison.different.length === 0
  const problem = contents.problem ?? unreadableProblem(judged.unreadable)
  return {
    sources: group.entries.map(({ source }) => source),
    target: group.target,
    sourceMessages: contents.source.length + contents.unreadable.length,
    targetMessages: contents.target.length,
    bytes: contents.source.reduce((sum, { bytes }) => sum + bytes, 0),
    matched: comparison.matched.length,
    missing: judged.missing.slice(0, maxListed).map((message) => ref(message)),
    extra: extras.extra.slice(0, maxListed),
    allowedExtra: extras.allowed.slice(0, maxListed),
    different: comparison.different.slice(0, maxListed).map(({ source, target, what }) => ({
      source: ref(source),
      target: describe(group.target, target, undefined),
      differences: what.map((kind) => ({
        what: kind,
        source: valueOf(source, kind),
        target: valueOf(target, kind),
      })),
    })),
    explained: judged.explained
      .slice(0, maxListed)
      .map(({ message, by }) => ({ ...ref(message), explainedBy: by })),
    goneSince: judged.goneSince.slice(0, maxListed).map((message) => ref(message)),
    counts: {
      missing: judged.missing.length,
      extra: extras.extra.length,
      allowedExtra: extras.allowed.length,
      different: comparison.different.length,
      explained: judged.explained.length + contents.unreadable.length - judged.unreadable,
      goneSince: judged.goneSince.length,
    },
    sourceDigest: digestOf(contents.source),
    targetDigest: digestOf(contents.target),
    ...(mailbox.includeHashes === true
      ? { hashes: comparison.matched.map(({ source }) => source.hash).toSorted() }
      : {}),
    ...(problem === undefined ? {} : { problem }),
    ok:
      phase === 'mirror'
        ? ok
        : contents.problem === undefined && judged.missing.length + judged.unreadable === 0,
  }
}

const noExtras: {
  readonly extra: readonly MessageRef[]
  readonly allowed: FolderVerifyReport['allowedExtra']
} = {
  extra: [],
  allowed: [],
}

function judgeMissing(
  mailbox: VerifyMailbox,
  group: FolderGroup,
  contents: FolderContents,
  comparison: Comparison,
  proven: ReadonlySet<string>,
): {
  readonly missing: readonly SourceMessage[]
  readonly explained: readonly { readonly message: SourceMessage; readonly by: string }[]
  readonly goneSince: readonly SourceMessage[]
  /** Unreadable messages that nothing explains. */
  readonly unreadable: number
} {
  const missing: SourceMessage[] = []
  const explained: { message: SourceMessage; by: string }[] = []
  const goneSince: SourceMessage[] = []
  for (const message of comparison.missing) {
    const entry = group.entries.find(({ sourceWire }) => sourceWire === message.folder)
    const by = explain(message, entry, mailbox)
    if (by !== undefined) explained.push({ message, by })
    else if (mailbox.phase === 'additive' && proven.has(message.hash)) goneSince.push(message)
    else missing.push(message)
  }
  const aside = new Set((mailbox.setAside ?? []).map(({ sourceWire, uid }) => `${uid} ${sourceWire}`))
  const unreadable = contents.unreadable.filter(({ folder, uid }) => !aside.has(`${uid} ${folder}`)).length
  return { missing, explained, goneSince, unreadable }
}

async function judgeExtras(
  mailbox: VerifyMailbox,
  lane: Lane,
  group: FolderGroup,
  { extra }: Comparison,
): Promise<typeof noExtras> {
  if (extra.length === 0) return noExtras
  const rules = mailbox.extrasAllowed ?? []
  const fields = rules.flatMap(({ headers = [] }) => headers.map(({ name }) => name))
  const { session } = await lane.target.folder(group.targetWire, 'EXAMINE')
  const headers = await fetchHeaders(
    session,
    extra.slice(0, maxExplained).map(({ uid }) => uid),
    fields,
  )
  const unexplained: MessageRef[] = []
  const allowed: (MessageRef & { readonly allowedBy: string })[] = []
  for (const message of extra) {
    const header = headers.get(message.uid)
    const rule = allowedBy(rules, group.target, message, header)
    const described = describe(group.target, message, header)
    if (rule === undefined) unexplained.push(described)
    else allowed.push({ ...described, allowedBy: rule.name })
  }
  return { extra: unexplained, allowed }
}

/** Reads the headers of source messages, folder by folder. */
async function describeAll(
  lane: Lane,
  group: FolderGroup,
  messages: readonly SourceMessage[],
): Promise<ReadonlyMap<SourceMessage, MessageRef>> {
  const refs = new Map<SourceMessage, MessageRef>()
  for (const [folder, mine] of Map.groupBy(messages, (message) => message.folder)) {
    const { session } = await lane.source.folder(folder, 'EXAMINE')
    const headers: ReadonlyMap<number, Header> = await fetchHeaders(
      session,
      mine.map(({ uid }) => uid),
    )
    for (const message of mine)
      refs.set(message, describe(nameOf(group, folder), message, headers.get(message.uid)))
  }
  return refs
}

function nameOf(group: FolderGroup, wire: string): string {
  return group.entries.find(({ sourceWire }) => sourceWire === wire)?.source ?? wire
}

function valueOf(message: ListedMessage, what: 'flags' | 'date'): string {
  return what === 'flags' ? message.flags : new Date(message.date * 1000).toISOString()
}

function unreadableProblem(count: number): string | undefined {
  return count === 0 ? undefined : `The old server does not deliver ${count} of its messages.`
}
