import { type SharedLimits, type VerifyEvent, verifyMailbox as compareMailboxes } from '@iteg/imap-sync'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Amount } from '../amount.ts'
import { failedVerify } from './failed-verify.ts'
import { excludeRules } from '../copying/copy-limits.ts'
import { mailboxFailure } from '../copying/failures.ts'
import { type Progress, startProgress } from '../copying/progress.ts'
import { oldEndpoint } from '../endpoints.ts'
import type { LoginGuard } from '../logins.ts'
import type { Migration } from '../migration.ts'
import { ourNotices } from '../notifying/our-notices.ts'
import type { StageOptions } from '../options.ts'
import { withTarget } from '../target-access.ts'
import type { VerifyMailbox } from '../verify-report.ts'
import { MAILCOW_QUOTA_MAIL, provenHashes, setAsideOf } from './evidence.ts'
import { verifiedMailbox } from './verified-mailbox.ts'

export interface VerifyShared {
  readonly limits: SharedLimits
  readonly oldGuard: LoginGuard
  readonly newGuard: LoginGuard
}

export interface VerifyRequest {
  readonly domain: string
  readonly mailbox: string
  readonly phase: 'mirror' | 'additive'
  /** mailcow delivers the domain itself: its mailboxes may hold more. Before the hand-over nothing may be missing for all that. */
  readonly isFinal: boolean
  readonly size: Amount | undefined
}

/** Compares one mailbox on both servers and freezes the comparison. What fails is data; rejects only when aborted. */
export async function verifyOne(
  migration: Migration,
  ledger: Ledger,
  request: VerifyRequest,
  shared: VerifyShared,
  options: StageOptions,
): Promise<VerifyMailbox> {
  const { domain, mailbox, size } = request
  const stage = 'verify'
  const progress = startProgress(migration, { stage, domain, mailbox, total: size })
  const result = await attempt(migration, ledger, request, shared, progress, options)
  await ledger.mailboxes.recordResult({
    address: mailbox,
    stage,
    state: result.outcome === 'equal' ? 'done' : result.outcome === 'different' ? 'incomplete' : 'failed',
    summary: summaryOf(result),
    counts: {
      sourceMessages: result.sourceMessages,
      matched: result.matched,
      differences: result.differenceCount,
    },
  })
  const outcome = result.outcome === 'equal' ? 'done' : 'failed'
  migration.emit({
    type: 'mailbox-finished',
    stage,
    domain,
    mailbox,
    outcome,
    done: progress.done,
    message: summaryOf(result),
  })
  return result
}

async function attempt(
  migration: Migration,
  ledger: Ledger,
  request: VerifyRequest,
  shared: VerifyShared,
  progress: Progress,
  options: StageOptions,
): Promise<VerifyMailbox> {
  const { domain, mailbox, phase, isFinal } = request
  const stopped = shared.oldGuard.stopReason ?? shared.newGuard.stopReason
  if (stopped !== undefined)
    return failedVerify(mailbox, {
      code: 'login-not-tried',
      message: `It was not tried: ${stopped}.`,
      remedy: `Look at the logins with mailmove check, then run mailmove verify ${domain} again.`,
    })
  const folderMap = await ledger.folderMaps.get(mailbox)
  if (folderMap === undefined)
    return failedVerify(mailbox, {
      code: 'not-surveyed',
      message: 'Its folders are not known yet.',
      remedy: `Run: mailmove survey ${domain}`,
    })
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  try {
    const proven = phase === 'additive' ? { proven: await provenHashes(ledger, domain, mailbox) } : {}
    const setAside = await setAsideOf(ledger, mailbox, folderMap)
    const ours = await ourNotices(ledger, mailbox)
    const report = await withTarget(
      migration,
      ledger,
      { domain, mailbox },
      { ...options, onLeftBehind: (message) => progress.notice(message) },
      (target) =>
        compareMailboxes(
          {
            source: oldEndpoint(migration.config, mailbox),
            target,
            folderMap,
            phase: isFinal ? 'additive' : phase,
            setAside,
            excluded: [...excludeRules(migration.config, domain, mailbox), ...ours],
            extrasAllowed: [MAILCOW_QUOTA_MAIL],
            includeHashes: true,
            shared: shared.limits,
            ...proven,
          },
          { ...signal, logger: migration.logger, onEvent: (event) => showProgress(progress, event) },
        ),
    )
    shared.oldGuard.accepted()
    shared.newGuard.accepted()
    await ledger.verifyReports.save({ domain, mailbox, coverage: 'full', green: report.ok, report })
    return verifiedMailbox(mailbox, report)
  } catch (error) {
    options.signal?.throwIfAborted()
    const failure = mailboxFailure(error, { stage: 'verify', domain })
    const guard = failure.code.startsWith('old-') ? shared.oldGuard : shared.newGuard
    guard.refusedBy(error)
    return failedVerify(mailbox, failure)
  }
}

function showProgress(progress: Progress, event: VerifyEvent): void {
  // Both sides are hashed; counting one of them is what a person can compare with the mailbox's size.
  if (event.kind === 'hashed' && event.side === 'source')
    progress.add(event.folder, event.messages, event.bytes)
  if (event.kind === 'reconnecting' || event.kind === 'waiting') progress.waiting(event)
}

function summaryOf(result: VerifyMailbox): string {
  if (result.failure !== undefined) return result.failure.message
  return result.outcome === 'equal'
    ? `${result.matched} messages are equal`
    : `${result.differenceCount} differences that nothing explains`
}
