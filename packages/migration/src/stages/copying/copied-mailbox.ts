import type { FindingCode as SyncFindingCode, SyncFinding, SyncReport } from '@iteg/imap-sync'
import type { CopiedFolder, CopyMailbox, Fates } from '../copy-report.ts'
import type { Finding, FindingCode } from '../finding.ts'
import { asSentence, namedSides } from '../sentence.ts'

const CODES: Readonly<Record<SyncFindingCode, FindingCode>> = {
  folderDisappeared: 'folder-disappeared',
  folderVanished: 'folder-vanished',
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
  storedTwice: 'stored-twice',
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

function repeat(domain: string): string {
  return `Run mailmove copy ${domain} again; if it stays, once more with --verbose.`
}

/** Where the copier, which knows no command line, can only say it in general. */
const REMEDIES: Readonly<Partial<Record<SyncFindingCode, (domain: string) => string>>> = {
  folderFailed: (domain) => `Look at the folder on both servers (its name, its rights). ${repeat(domain)}`,
  sumMismatch: repeat,
  overQuota: (domain) =>
    `Raise the quota of the mailbox in the configuration, then run mailmove provision ${domain} and mailmove copy ${domain} again.`,
  folderUnmapped: (domain) =>
    `Run mailmove survey ${domain}, which takes the folder in, then mailmove copy ${domain} again.`,
}

function remedyOf(domain: string, { code, remedy }: SyncFinding): string {
  return REMEDIES[code]?.(domain) ?? remedy ?? repeat(domain)
}

export function syncFinding(domain: string, mailbox: string, found: SyncFinding): Finding {
  return {
    code: CODES[found.code],
    severity: found.severity,
    domain,
    item: found.folder === undefined ? mailbox : `${mailbox}: ${found.folder}`,
    message: namedSides(found.message),
    remedy: remedyOf(domain, found),
  }
}

/** What `accept` and the ledger call a message that was set aside. */
function setAsideItem(mailbox: string, folder: string, uid: number): string {
  return `${mailbox}: ${folder}, UID ${uid}`
}

/** Each message that lies in a file instead of on mailcow: red until it is copied or somebody accepts that it is not. Pure. */
export function setAsideFindings(
  domain: string,
  mailbox: string,
  report: SyncReport,
  directory: string,
): readonly Finding[] {
  return report.folders.flatMap(({ source, setAside }) =>
    setAside.map(({ uid, reason, file }): Finding => ({
      code: 'message-set-aside',
      severity: 'red',
      domain,
      item: setAsideItem(mailbox, source, uid),
      // Without its subject: findings stay in the ledger.
      message: asSentence(`The message was not copied: ${namedSides(reason)}`),
      remedy: `It lies in ${directory}/${file}. Give it to its owner, then accept that it stays there.`,
    })),
  )
}

/** The copier's report of one mailbox in the terms of this package's report. Pure. */
export function copiedMailbox(
  domain: string,
  mailbox: string,
  report: SyncReport,
  options: {
    readonly setAsideDirectory: string
    readonly durationMs: number
    /** Set-aside messages that somebody accepted: the finding's item, and why. */
    readonly accepted?: ReadonlyMap<string, string>
  },
): CopyMailbox {
  const { totals, findings } = report
  const failed = report.outcome !== 'complete'
  const open = report.folders.filter((folder) => !folder.complete).map((folder) => folder.source)
  const reason = failed ? reasonOf(findings, open) : undefined
  return {
    mailbox,
    outcome: failed ? 'failed' : isUnchanged(report) ? 'unchanged' : 'done',
    folders: report.folders.map(copiedFolder),
    fates: fatesOf(totals),
    sourceMessages: totals.exists,
    bytesCopied: totals.bytesCopied,
    setAside: report.folders.flatMap((folder) =>
      folder.setAside.map(({ uid, reason: why, file, subject }) => {
        const accepted = options.accepted?.get(setAsideItem(mailbox, folder.source, uid))
        return {
          folder: folder.source,
          uid,
          reason: why,
          file: `${options.setAsideDirectory}/${file}`,
          ...(subject === undefined ? {} : { subject }),
          ...(accepted === undefined ? {} : { accepted }),
        }
      }),
    ),
    warnings: findings
      .filter(
        (finding) => finding.severity !== 'info' && finding !== reason && finding.code !== 'messageSetAside',
      )
      .map(warningOf),
    durationMs: options.durationMs,
    ...(failed ? { failure: failureOf(domain, report.outcome, reason, open) } : {}),
  }
}

/** Why it failed: what stopped the copy, else what was found about a folder that is not complete. */
function reasonOf(findings: readonly SyncFinding[], open: readonly string[]): SyncFinding | undefined {
  return (
    findings.find((finding) => finding.severity === 'red') ??
    findings.find(({ folder }) => folder !== undefined && open.includes(folder))
  )
}

function failureOf(
  domain: string,
  outcome: SyncReport['outcome'],
  reason: SyncFinding | undefined,
  open: readonly string[],
): NonNullable<CopyMailbox['failure']> {
  if (reason === undefined)
    return {
      code: 'folder-failed',
      message: `Not every message has its fate yet (${named(open) || outcome}).`,
      remedy: repeat(domain),
    }
  const others = open.filter((folder) => folder !== reason.folder)
  const rest =
    reason.severity === 'red' || others.length === 0 ? '' : ` Not complete either: ${named(others)}.`
  return {
    code: CODES[reason.code],
    message: `${asSentence(namedSides(reason.message))}${rest}`,
    remedy: remedyOf(domain, reason),
  }
}

function warningOf({ folder, message }: SyncFinding): string {
  const text = namedSides(message)
  return folder === undefined || text.includes(folder) ? text : `${folder}: ${text}`
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
