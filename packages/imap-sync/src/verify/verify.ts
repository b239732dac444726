import { createHash } from 'node:crypto'
import { folderRuleFor } from '../folders/exclude.ts'
import { readListing } from '../folders/listing.ts'
import type { FolderListing } from '../folders/types.ts'
import { Lane } from '../sync/lane.ts'
import { sharedLimits, type SharedLimits } from '../sync/shared-limits.ts'
import { planSubscriptions } from '../sync/subscriptions.ts'
import { compareMessages, type Comparison, type SourceMessage, type TargetMessage } from './compare.ts'
import type { FolderGroup } from './folder-group.ts'
import { FolderReader, type FolderContents } from './folder-reader.ts'
import { folderReport } from './folder-report.ts'
import type { VerifyMailbox, VerifyOptions } from './options.ts'
import type { FolderVerifyReport, VerifyReport } from './report.ts'

/**
 * Compares both mailboxes by content, folder by folder, from their own listings: never from what a copy run
 * remembers. Reads only. Rejects with `ImapSyncError` when a side cannot be read at all, or with the signal's reason.
 */
export async function verifyMailbox(
  mailbox: VerifyMailbox,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const startedAt = new Date().toISOString()
  const shared = mailbox.shared ?? sharedLimits()
  const lane = openLane(mailbox, shared, options)
  try {
    const [source, target] = await lane.attempt(() =>
      Promise.all([
        lane.source.session().then((session) => readListing(session)),
        lane.target.session().then((session) => readListing(session)),
      ]),
    )
    const groups = groupFolders(mailbox, source, target)
    const reader = new FolderReader(lane, {
      shared,
      signal: options.signal,
      since: mailbox.since,
      ignoredKeywords: new Set((mailbox.droppedKeywords ?? []).map((keyword) => keyword.toLowerCase())),
      ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
    })
    const total = [...source.folders, ...target.folders].reduce(
      (sum, { status }) => sum + (status?.messages ?? 0),
      0,
    )
    options.onEvent?.({ kind: 'planned', messages: total, bytes: 0 })
    const compared =
      mailbox.phase === 'mirror'
        ? await verifyEach(mailbox, options, lane, reader, groups)
        : await verifyWhole(mailbox, options, lane, reader, groups)
    const folders = [...compared, ...excludedFolders(mailbox, source)]
    const unmapped = unmappedFolders(mailbox, source)
    const subscriptions = compareSubscriptions(mailbox, source, target)
    const ok =
      folders.every((folder) => folder.ok) &&
      unmapped.length === 0 &&
      subscriptions.missing.length + subscriptions.extra.length === 0
    return {
      schema: 'mailmove/imap-verify-report/1',
      phase: mailbox.phase,
      ok,
      folders,
      unmapped,
      subscriptions,
      totals: totalsOf(folders),
      startedAt,
      finishedAt: new Date().toISOString(),
    }
  } finally {
    lane.close()
  }
}

/** `mirror`: each target folder equals its source folders. One folder's messages in memory at a time. */
async function verifyEach(
  mailbox: VerifyMailbox,
  options: VerifyOptions,
  lane: Lane,
  reader: FolderReader,
  groups: readonly FolderGroup[],
): Promise<readonly FolderVerifyReport[]> {
  const reports: FolderVerifyReport[] = []
  for (const group of groups) {
    options.signal?.throwIfAborted()
    const contents = await reader.read(group)
    const comparison = compareMessages(contents.source, contents.target, 'mirror')
    reports.push(await lane.attempt(() => folderReport(mailbox, lane, group, contents, comparison)))
    options.onEvent?.({ kind: 'folderDone', folder: group.target, ok: reports.at(-1)?.ok ?? false })
  }
  return reports
}

/** `additive`: people sort their mail; a message may lie in any folder of the target. */
async function verifyWhole(
  mailbox: VerifyMailbox,
  options: VerifyOptions,
  lane: Lane,
  reader: FolderReader,
  groups: readonly FolderGroup[],
): Promise<readonly FolderVerifyReport[]> {
  const all: FolderContents[] = []
  for (const group of groups) all.push(await reader.read(group))
  const source: readonly SourceMessage[] = all.flatMap((contents) => contents.source)
  const target: readonly TargetMessage[] = all.flatMap((contents) => contents.target)
  const whole = compareMessages(source, target, 'additive')
  const reports: FolderVerifyReport[] = []
  for (const [index, group] of groups.entries()) {
    const contents = all[index]
    if (contents === undefined || group.entries.length === 0) continue
    const wires = new Set(group.entries.map(({ sourceWire }) => sourceWire))
    const comparison: Comparison = {
      matched: whole.matched.filter(({ source: { folder } }) => wires.has(folder)),
      different: [],
      missing: whole.missing.filter(({ folder }) => wires.has(folder)),
      extra: [],
    }
    reports.push(await lane.attempt(() => folderReport(mailbox, lane, group, contents, comparison)))
    options.onEvent?.({ kind: 'folderDone', folder: group.target, ok: reports.at(-1)?.ok ?? false })
  }
  return reports
}

function groupFolders(
  { folderMap, excluded = [] }: VerifyMailbox,
  source: FolderListing,
  target: FolderListing,
): readonly FolderGroup[] {
  const listed = new Set(source.folders.filter(({ selectable }) => selectable).map(({ wire }) => wire))
  const all = folderMap.entries.filter(({ sourceWire }) => listed.has(sourceWire))
  const entries = all.filter((entry) => folderRuleFor(excluded, entry) === undefined)
  const mapped = [...Map.groupBy(entries, ({ targetWire }) => targetWire)].map(
    ([targetWire, group]): FolderGroup => ({
      targetWire,
      target: group[0]?.target ?? targetWire,
      entries: group,
    }),
  )
  // Of what a rule leaves out now, an earlier run may have copied something: it is nobody's surplus.
  const known = new Set([...mapped, ...all].map(({ targetWire }) => targetWire))
  const others = target.folders
    .filter(({ wire, selectable }) => selectable && !known.has(wire))
    .map(({ wire, name }): FolderGroup => ({ targetWire: wire, target: name, entries: [] }))
  return [...mapped, ...others]
}

/** What a rule leaves out is not opened, only counted. */
function excludedFolders(
  { folderMap, excluded = [] }: VerifyMailbox,
  source: FolderListing,
): readonly FolderVerifyReport[] {
  const listed = new Map(source.folders.map((folder) => [folder.wire, folder]))
  const nothing = createHash('sha256').digest('hex')
  return folderMap.entries.flatMap((entry): readonly FolderVerifyReport[] => {
    const folder = listed.get(entry.sourceWire)
    const rule = folderRuleFor(excluded, entry)
    if (folder?.selectable !== true || rule === undefined) return []
    const messages = folder.status?.messages ?? 0
    return [
      {
        sources: [entry.source],
        target: entry.target,
        sourceMessages: messages,
        targetMessages: 0,
        bytes: 0,
        matched: 0,
        missing: [],
        extra: [],
        allowedExtra: [],
        different: [],
        explained: [],
        goneSince: [],
        counts: { missing: 0, extra: 0, allowedExtra: 0, different: 0, explained: messages, goneSince: 0 },
        sourceDigest: nothing,
        targetDigest: nothing,
        excludedBy: rule.name,
        ok: true,
      },
    ]
  })
}

function unmappedFolders({ folderMap }: VerifyMailbox, source: FolderListing): readonly string[] {
  const known = new Set([
    ...folderMap.entries.map(({ sourceWire }) => sourceWire),
    ...folderMap.leftOut.map(({ sourceWire }) => sourceWire),
  ])
  return source.folders
    .filter(({ wire, selectable }) => selectable && !known.has(wire))
    .map(({ name }) => name)
}

function compareSubscriptions(
  { folderMap, phase, excluded = [] }: VerifyMailbox,
  source: FolderListing,
  target: FolderListing,
): VerifyReport['subscriptions'] {
  if (phase !== 'mirror') return { missing: [], extra: [] }
  const entries = folderMap.entries.filter((entry) => folderRuleFor(excluded, entry) === undefined)
  const plan = planSubscriptions(entries, source, target, { mirror: true, created: new Set() })
  return { missing: plan.add.map((entry) => entry.target), extra: plan.remove.map((entry) => entry.target) }
}

function totalsOf(folders: readonly FolderVerifyReport[]): VerifyReport['totals'] {
  const sum = (pick: (folder: FolderVerifyReport) => number) =>
    folders.reduce((all, folder) => all + pick(folder), 0)
  return {
    sourceMessages: sum((folder) => folder.sourceMessages),
    targetMessages: sum((folder) => folder.targetMessages),
    bytes: sum((folder) => folder.bytes),
    matched: sum((folder) => folder.matched),
    missing: sum(({ counts }) => counts.missing),
    extra: sum(({ counts }) => counts.extra),
    allowedExtra: sum(({ counts }) => counts.allowedExtra),
    different: sum(({ counts }) => counts.different),
    explained: sum(({ counts }) => counts.explained),
    goneSince: sum(({ counts }) => counts.goneSince),
  }
}

function openLane(
  { source, target }: VerifyMailbox,
  shared: SharedLimits,
  { signal, logger, timeouts, onEvent }: VerifyOptions,
): Lane {
  return new Lane({
    source,
    target,
    permission: 'readOnly',
    shared,
    reconnects: 5,
    onEvent: (event) => onEvent?.(event),
    ...(signal === undefined ? {} : { signal }),
    ...(logger === undefined ? {} : { logger }),
    ...(timeouts === undefined ? {} : { timeouts }),
  })
}
