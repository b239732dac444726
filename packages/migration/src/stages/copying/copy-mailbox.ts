import { join } from 'node:path'
import { type Endpoint, type SharedLimits, syncMailbox, type SyncReport } from '@iteg/imap-sync'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Amount } from '../amount.ts'
import type { CopyMailbox, Fates } from '../copy-report.ts'
import { oldEndpoint } from '../endpoints.ts'
import type { Finding } from '../finding.ts'
import { measureOf } from '../forecasting/measured-copies.ts'
import type { LoginGuard } from '../logins.ts'
import { freezeMap } from '../mailbox-survey.ts'
import type { Migration } from '../migration.ts'
import { ourNotices } from '../notifying/our-notices.ts'
import type { StageOptions } from '../options.ts'
import { reportedFinding } from '../recorded-findings.ts'
import { withTarget } from '../target-access.ts'
import { excludeRules } from './copy-limits.ts'
import { copyScope } from './copy-scope.ts'
import { acceptedSyncFindings, copiedMailbox, setAsideFindings, syncFinding } from './copied-mailbox.ts'
import { failedMailbox, mailboxFailure } from './failures.ts'
import { type Progress, startProgress } from './progress.ts'

/** What the mailboxes of one copy share. */
export interface CopyShared {
  readonly limits: SharedLimits
  readonly oldGuard: LoginGuard
  readonly newGuard: LoginGuard
}

export interface CopyRequest {
  readonly domain: string
  readonly mailbox: string
  readonly phase: 'mirror' | 'additive'
  /** Was on mailcow before us: that there is no memory of an earlier copy is as it should be. */
  readonly isAdopted: boolean
  /** Of the last survey. */
  readonly size: Amount | undefined
}

/** Copies one mailbox. What fails is data in the result; rejects only when aborted, or for what is no server's fault. */
export async function copyMailbox(
  migration: Migration,
  ledger: Ledger,
  request: CopyRequest,
  shared: CopyShared,
  options: StageOptions,
): Promise<CopyMailbox> {
  const { domain, mailbox, size } = request
  const startedAt = migration.now().getTime()
  const stage = 'copy'
  const progress = startProgress(migration, { stage, domain, mailbox, total: size })
  const result = await attempt(migration, ledger, request, shared, progress, options, startedAt)
  await record(ledger, domain, result)
  migration.emit({
    type: 'mailbox-finished',
    stage,
    domain,
    mailbox,
    outcome: result.outcome === 'planned' ? 'unchanged' : result.outcome,
    // A mailbox in which nothing had changed tells nothing on the way.
    done: { messages: accountedFor(result.fates), bytes: result.bytesCopied },
    ...(result.failure === undefined ? {} : { message: result.failure.message }),
  })
  return result
}

async function attempt(
  migration: Migration,
  ledger: Ledger,
  request: CopyRequest,
  shared: CopyShared,
  progress: Progress,
  options: StageOptions,
  startedAt: number,
): Promise<CopyMailbox> {
  const { domain, mailbox } = request
  const elapsed = (): number => migration.now().getTime() - startedAt
  const stopped = shared.oldGuard.stopReason ?? shared.newGuard.stopReason
  if (stopped !== undefined)
    return failedMailbox(mailbox, elapsed(), {
      code: 'login-not-tried',
      message: `It was not tried: ${stopped}.`,
      remedy: `Look at the logins with mailmove check, then run mailmove copy ${domain} again.`,
    })
  try {
    const setAsideDirectory = join(migration.config.workDir, 'set-aside', domain, mailbox)
    const report = await withTarget(
      migration,
      ledger,
      { domain, mailbox },
      { ...options, onLeftBehind: (message) => progress.notice(message) },
      (target) => sync(migration, ledger, request, shared, progress, options, target, setAsideDirectory),
    )
    shared.oldGuard.accepted()
    shared.newGuard.accepted()
    const findings = [
      ...report.findings
        // Told anew in every run, whenever it was: below.
        .filter(({ code }) => code !== 'messageSetAside')
        .map((found) => syncFinding(domain, mailbox, found)),
      ...setAsideFindings(domain, mailbox, report, setAsideDirectory),
    ]
    const recorded = await ledger.findings.replace(domain, copyScope(mailbox), findings)
    const accepted = new Map(
      recorded.flatMap(({ code, item, acceptance }) =>
        code === 'message-set-aside' && acceptance !== undefined ? [[item ?? '', acceptance.reason]] : [],
      ),
    )
    return copiedMailbox(domain, mailbox, report, { setAsideDirectory, durationMs: elapsed(), accepted })
  } catch (error) {
    options.signal?.throwIfAborted()
    const failure = mailboxFailure(error, { stage: 'copy', domain })
    const guard = failure.code.startsWith('old-') ? shared.oldGuard : shared.newGuard
    guard.refusedBy(error)
    return failedMailbox(mailbox, elapsed(), failure)
  }
}

async function sync(
  migration: Migration,
  ledger: Ledger,
  request: CopyRequest,
  shared: CopyShared,
  progress: Progress,
  options: StageOptions,
  target: Endpoint,
  setAsideDirectory: string,
): Promise<SyncReport> {
  const { mailbox, domain, phase, size } = request
  const { config, logger } = migration
  const source = oldEndpoint(config, mailbox)
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  const recorded: readonly Finding[] = (await ledger.findings.list(domain))
    .filter((finding) => finding.scope === copyScope(mailbox))
    .map(reportedFinding)
  return syncMailbox(
    {
      source,
      target,
      // The frozen map, extended by folders that are new since the survey.
      folderMap: (listing) => freezeMap(ledger, mailbox, listing),
      state: ledger.syncState(mailbox),
      phase,
      setAsideDirectory,
      limits: { lanes: config.copy.lanesPerMailbox },
      shared: shared.limits,
      exclude: [...excludeRules(config, domain, mailbox), ...(await ourNotices(ledger, mailbox))],
      expectMail: (size?.messages ?? 0) > 0,
      accepted: [
        ...acceptedSyncFindings(recorded),
        ...(request.isAdopted ? (['stateMissing'] as const) : []),
      ],
    },
    { ...signal, logger, onEvent: (event) => progress.onSync(event) },
  )
}

async function record(ledger: Ledger, domain: string, result: CopyMailbox): Promise<void> {
  const { mailbox, outcome, fates, sourceMessages, failure } = result
  const accounted = accountedFor(fates)
  const before = (await ledger.mailboxes.results(domain, 'copy')).find(({ address }) => address === mailbox)
  await ledger.mailboxes.recordResult({
    address: mailbox,
    stage: 'copy',
    state: outcome === 'failed' ? 'failed' : 'done',
    summary:
      failure === undefined ? `${accounted} of ${sourceMessages} messages have their fate` : failure.message,
    counts: {
      ...fates,
      sourceMessages,
      bytesCopied: result.bytesCopied,
      ...measureOf(result, before?.counts),
    },
  })
}

function accountedFor(fates: Fates): number {
  return Object.values(fates).reduce((sum, count) => sum + count, 0)
}
