import type { FindingCode as SyncFindingCode, SyncFinding, SyncReport } from '@iteg/imap-sync'
import type { CopiedFolder, CopyMailbox, Fates } from '../copy-report.ts'
import type { Finding, FindingCode } from '../finding.ts'
import { asSentence } from '../sentence.ts'

const CODES: Readonly<Record<SyncFindingCode, FindingCode>> = {
  folderDisappeared: 'folder-disappeared',
  tooManyDeletions: 'too-many-deletions',
  sourceSuddenlyEmpty: 'source-suddenly-empty',
  overQuota: 'target-over-quota',
  stateMissing: 'copy-memory-missing',
  uidValidityChanged: 'uid-validity-changed',
  refilled: 'copies-refilled',
  keywordsDropped: 'keywords-dropped',
  messageSetAside: 'message-set-aside',
  folderFailed: 'folder-failed',
  deletionsImpossible: 'deletions-impossible',
  subscriptionFailed: 'subscription-failed',
  sumMismatch: 'sum-mismatch',
  folderLeftOut: 'folder-left-out',
  folderUnmapped: 'folder-unmapped',
  dateReplaced: 'date-replaced',
}

/** The red findings of the copier that a person may accept; then the brake lets the deletions pass. */
const ACCEPTABLE = ['folderDisappeared', 'tooManyDeletions', 'sourceSuddenlyEmpty', 'stateMissing'] as const
export type AcceptableSyncFinding = (typeof ACCEPTABLE)[number]

/** The copier's names for the accepted findings of one mailbox: a code passes only if all findings under it were accepted. */
export function acceptedSyncFindings(findings: readonly Finding[]): readonly AcceptableSyncFinding[] {
  const passes = new Set(
    ACCEPTABLE.filter((code) => {
      const same = findings.filter((finding) => finding.code === CODES[code])
      return same.length > 0 && same.every((finding) => finding.accepted !== undefined)
    }),
  )
  // Whoever says that a mailbox was emptied on purpose has said that its messages may go.
  if (passes.has('sourceSuddenlyEmpty')) passes.add('tooManyDeletions')
  return [...passes]
}

const FALLBACK_REMEDY = 'Run mailmove copy again; if it stays, once more with --verbose.'

export function syncFinding(domain: string, mailbox: string, found: SyncFinding): Finding {
  return {
    code: CODES[found.code],
    severity: found.severity,
    domain,
    item: found.folder === undefined ? mailbox : `${mailbox}: ${found.folder}`,
    message: found.message,
    remedy: found.remedy ?? FALLBACK_REMEDY,
  }
}

/** The copier's report of one mailbox in the terms of this package's report. Pure. */
export function copiedMailbox(
  mailbox: string,
  report: SyncReport,
  options: { readonly setAsideDirectory: string; readonly durationMs: number },
): CopyMailbox {
  const { totals, findings } = report
  const blocking = findings.find((finding) => finding.severity === 'red')
  const failed = report.outcome !== 'complete'
  const warnings = findings
    .filter(
      (finding) => finding.severity === 'yellow' || (finding.severity === 'red' && finding !== blocking),
    )
    .map((finding) =>
      finding.folder === undefined ? finding.message : `${finding.folder}: ${finding.message}`,
    )
  return {
    mailbox,
    outcome: failed ? 'failed' : isUnchanged(report) ? 'unchanged' : 'done',
    folders: report.folders.map(copiedFolder),
    fates: fatesOf(totals),
    sourceMessages: totals.exists,
    bytesCopied: totals.bytesCopied,
    setAside: report.folders.flatMap((folder) =>
      folder.setAside.map(({ uid, reason, file, subject }) => ({
        folder: folder.source,
        uid,
        reason,
        file: `${options.setAsideDirectory}/${file}`,
        ...(subject === undefined ? {} : { subject }),
      })),
    ),
    warnings,
    durationMs: options.durationMs,
    ...(failed ? { failure: failureOf(report, blocking) } : {}),
  }
}

function failureOf(
  report: SyncReport,
  blocking: SyncFinding | undefined,
): NonNullable<CopyMailbox['failure']> {
  if (blocking !== undefined)
    return {
      code: CODES[blocking.code],
      message: blocking.message,
      remedy: blocking.remedy ?? FALLBACK_REMEDY,
    }
  const open = report.folders.filter((folder) => !folder.complete).map((folder) => folder.source)
  const reason = report.findings.find(({ folder }) => folder !== undefined && open.includes(folder))
  if (reason !== undefined)
    return {
      code: CODES[reason.code],
      message: `${asSentence(reason.message)}${open.length > 1 ? ` Not complete either: ${named(open.filter((folder) => folder !== reason.folder))}.` : ''}`,
      remedy: reason.remedy ?? FALLBACK_REMEDY,
    }
  return {
    code: 'folder-failed',
    message: `Not every message has its fate yet (${named(open) || report.outcome}).`,
    remedy: FALLBACK_REMEDY,
  }
}

function named(folders: readonly string[]): string {
  return folders.length > 5
    ? `${folders.slice(0, 5).join(', ')} and ${folders.length - 5} more`
    : folders.join(', ')
}

function copiedFolder(folder: SyncReport['folders'][number]): CopiedFolder {
  return {
    source: folder.source,
    target: folder.target,
    messages: folder.exists,
    fates: fatesOf(folder.fates),
    flagsChanged: folder.changes.flags,
    deleted: folder.changes.deleted,
  }
}

function fatesOf({ copied, alreadyThere, setAside, excluded, vanished }: Fates): Fates {
  return { copied, alreadyThere, setAside, excluded, vanished }
}

function isUnchanged(report: SyncReport): boolean {
  const { changes, totals } = report
  return totals.copied === 0 && Object.values(changes).every((count) => count === 0)
}
