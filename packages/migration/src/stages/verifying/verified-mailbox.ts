import type { FolderVerifyReport, MessageRef, VerifyReport as ImapVerifyReport } from '@iteg/imap-sync'
import type { VerifyDifference, VerifyMailbox } from '../verify-report.ts'

/** Differences listed for one mailbox; the frozen report holds what the copier's verify lists. */
const MAX_LISTED = 200

/** The comparison of one mailbox in the terms of this package's report. Pure. */
export function verifiedMailbox(mailbox: string, report: ImapVerifyReport): VerifyMailbox {
  const { totals } = report
  const differences = [
    ...report.folders.flatMap(folderDifferences),
    ...report.unmapped.map((folder) => ({
      kind: 'folder' as const,
      folder,
      detail: 'The old server has this folder, and no copy knew it.',
    })),
    ...report.subscriptions.missing.map((folder) =>
      subscription(folder, 'It is subscribed on the old server only.'),
    ),
    ...report.subscriptions.extra.map((folder) => subscription(folder, 'It is subscribed on mailcow only.')),
  ]
  const problems = report.folders.filter((folder) => folder.problem !== undefined).length
  const subscriptions = report.subscriptions.missing.length + report.subscriptions.extra.length
  return {
    mailbox,
    outcome: report.ok ? 'equal' : 'different',
    sourceMessages: totals.sourceMessages,
    targetMessages: totals.targetMessages,
    matched: totals.matched,
    bytes: totals.bytes,
    explained: totals.explained,
    extras: totals.allowedExtra,
    goneSince: totals.goneSince,
    differences: differences.slice(0, MAX_LISTED),
    differenceCount:
      totals.missing + totals.extra + totals.different + problems + report.unmapped.length + subscriptions,
  }
}

function folderDifferences(folder: FolderVerifyReport): readonly VerifyDifference[] {
  const source = folder.sources[0] ?? folder.target
  return [
    ...(folder.problem === undefined
      ? []
      : [{ kind: 'folder' as const, folder: source, detail: folder.problem }]),
    ...folder.missing.map((message) => difference('missing', message, 'It is not on mailcow.')),
    ...folder.extra.map((message) => difference('extra', message, 'It is on mailcow only.')),
    ...folder.different.flatMap(({ source: message, differences }) =>
      differences.map(({ what, source: old, target: now }) =>
        difference(
          what,
          message,
          `${what === 'flags' ? 'Flags' : 'Date'} on the old server: ${old}; on mailcow: ${now}.`,
        ),
      ),
    ),
  ]
}

function difference(
  kind: VerifyDifference['kind'],
  { folder, uid, messageId, subject }: MessageRef,
  detail: string,
): VerifyDifference {
  return {
    kind,
    folder,
    uid,
    ...(messageId === undefined ? {} : { messageId }),
    ...(subject === undefined ? {} : { subject }),
    detail,
  }
}

function subscription(folder: string, detail: string): VerifyDifference {
  return { kind: 'subscription', folder, detail }
}
