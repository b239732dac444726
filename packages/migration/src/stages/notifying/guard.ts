import type { LetterReason } from '@iteg/notify'
import type { Finding, FindingCode } from '../finding.ts'
import { localDay } from './local-day.ts'
import type { LoginUsage } from './login-usage.ts'
import type { MailboxFacts } from './notice-facts.ts'
import type { SieveOutcome } from './sieve-outcome.ts'

/** Where the guard's findings are kept. */
export const NOTICE_SCOPE = 'notices'

const GUARD_CODES = ['notice-forwarded', 'notice-discarded', 'notice-over-quota', 'notice-unread'] as const
export type GuardCode = (typeof GUARD_CODES)[number]

const REASONS: Readonly<Record<GuardCode, LetterReason>> = {
  'notice-forwarded': 'forwarded',
  'notice-discarded': 'discarded',
  'notice-over-quota': 'over-quota',
  'notice-unread': 'never-logged-in',
}

export function letterReason(code: string): LetterReason {
  return isGuardCode(code) ? REASONS[code] : 'other'
}

export function isGuardCode(code: string): code is GuardCode {
  return GUARD_CODES.some((known) => known === code)
}

export interface GuardedMailbox {
  readonly domain: string
  readonly mailbox: MailboxFacts
  /** What its active script does with a mail of ours; `undefined`: it has none, or none could be read. */
  readonly sieve: SieveOutcome | undefined
  readonly usage: LoginUsage | undefined
}

/** Room for the notice itself, with its attachments as a rule. */
const NOTICE_BYTES = 64 * 1024
/** A log that goes back less far tells nothing of who never comes. */
const TELLING_DAYS = 7
const DAY_MS = 86_400_000

/** Why a mail to this mailbox would leak, or not be seen by its owner. Pure. */
export function guardFindings(guarded: GuardedMailbox): readonly Finding[] {
  const { domain, mailbox } = guarded
  const item = mailbox.address
  const remedy = `Pass the letter on; or repair it, and run it again; or let the mail go all the same: mailmove accept ${domain} CODE ${item} --reason "..."`
  return reasons(guarded).map(({ code, severity, message }) => ({
    code,
    severity,
    domain,
    item,
    message,
    remedy: remedy.replace('CODE', code),
  }))
}

interface Reason {
  readonly code: FindingCode & GuardCode
  readonly severity: Finding['severity']
  readonly message: string
}

function reasons({ mailbox, sieve, usage }: GuardedMailbox): readonly Reason[] {
  return [...forwarded(mailbox, sieve), ...discarded(sieve), ...full(mailbox), ...unread(mailbox, usage)]
}

function forwarded({ verdict }: MailboxFacts, sieve: SieveOutcome | undefined): readonly Reason[] {
  const targets =
    verdict?.verdict === 'mailbox-forwards-only' && verdict.active ? verdict.deliverTo : undefined
  if (targets !== undefined)
    return [
      {
        code: 'notice-forwarded',
        severity: 'red',
        message: `Its mail goes to ${named(targets)} and nothing stays: a mail would be read there, and not here.`,
      },
    ]
  if (sieve === undefined || sieve.leaves === 'no') return []
  const may = sieve.leaves === 'yes' ? 'sends' : 'may send'
  return [
    {
      code: 'notice-forwarded',
      severity: 'red',
      message: `Its Sieve script ${may} our mail on to ${named(sieve.targets)} and keeps nothing.`,
    },
  ]
}

function named(targets: readonly string[]): string {
  const rest = targets.length - 3
  return `${targets.slice(0, 3).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function discarded(sieve: SieveOutcome | undefined): readonly Reason[] {
  if (sieve === undefined || sieve.lost === 'no') return []
  const may = sieve.lost === 'yes' ? 'throws' : 'may throw'
  return [{ code: 'notice-discarded', severity: 'red', message: `Its Sieve script ${may} our mail away.` }]
}

function full({ oldQuotaBytes, surveyed }: MailboxFacts): readonly Reason[] {
  const bytes = surveyed?.size?.bytes
  if (oldQuotaBytes === null || oldQuotaBytes === undefined || oldQuotaBytes <= 0 || bytes === undefined)
    return []
  if (bytes + NOTICE_BYTES <= oldQuotaBytes) return []
  return [
    {
      code: 'notice-over-quota',
      severity: 'red',
      message: 'It is full on the old server: nothing more fits in.',
    },
  ]
}

function unread({ logins }: MailboxFacts, usage: LoginUsage | undefined): readonly Reason[] {
  const { since, until } = usage ?? {}
  if (logins === undefined || logins.size > 0 || since === undefined || until === undefined) return []
  const days = (until.getTime() - since.getTime()) / DAY_MS
  return [
    {
      code: 'notice-unread',
      severity: days >= TELLING_DAYS ? 'red' : 'yellow',
      message: `Nobody has logged in to it since ${localDay(since)}, which is as far as the log goes.`,
    },
  ]
}
