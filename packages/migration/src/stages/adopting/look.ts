import type { LoginProtocol } from '@iteg/old-server'
import type { Ledger } from '../../ledger/ledger.ts'
import type { LedgerMailbox } from '../../ledger/mailboxes.ts'
import type { LedgerNotice } from '../../ledger/notices.ts'
import type { AdoptMailbox, AdoptState, LastLogin } from '../adopt-report.ts'
import { asking } from '../mailcow-facts.ts'
import type { Migration } from '../migration.ts'
import type { LoginReading } from '../notifying/login-usage.ts'
import type { StageOptions } from '../options.ts'
import { newLogins, type NewLogins } from './new-logins.ts'
import { ownPassword } from './own-password.ts'
import { type ReminderState, reminderState } from './reminders.ts'

const DAY_MS = 86_400_000
/** Who has not logged in on the old server for so long has no device there any more: programs look every few minutes. */
const GONE_DAYS = 7

/** One mailbox as it is, with what is only needed to act. */
export interface LookedAt {
  readonly report: AdoptMailbox
  /** Absent: there is nothing to remind of. */
  readonly reminder?: ReminderState
  /** So sure of the user's own password that ours may go. */
  readonly isCertain: boolean
  readonly hasInitialPassword: boolean
}

/** Everything that both servers' logs tell, read once for all domains. */
export interface LoginSources {
  readonly old: LoginReading
  readonly new: NewLogins
}

/** Looks at a domain's mailboxes: one list of mailcow's, two logs, and the ledger. Rejects with `ServerError`. */
export async function lookAt(
  migration: Migration,
  ledger: Ledger,
  domain: string,
  mailboxes: readonly LedgerMailbox[],
  sources: LoginSources,
  options: StageOptions,
): Promise<readonly LookedAt[]> {
  const client = await migration.mailcow()
  const listed = await asking(options, (call) => client.mailboxes.list(domain, call))
  const there = new Map(listed.map((mailbox) => [mailbox.address, mailbox]))
  const marks = await ledger.initialPasswords.list(domain)
  const secrets = await ledger.secrets.list(domain)
  const having = (purpose: string) =>
    new Set(secrets.filter((secret) => secret.purpose === purpose).map(({ mailbox }) => mailbox))
  const [initial, next] = [having('initial-password'), having('next-password')]
  const notices = Map.groupBy(await ledger.notices.list(domain), ({ recipient }) => recipient)
  const ourAppPasswords = await ledger.appPasswords.numbers(domain)
  const told = new Set(
    (await ledger.mailboxes.results(domain, 'adopt'))
      .filter(({ counts }) => counts['onDigest'] === 1)
      .map(({ address }) => address),
  )
  const now = migration.now()
  const days = migration.config.notify?.reminders ?? []
  return mailboxes.map((known): LookedAt => {
    const { address, announcedAt } = known
    const found = there.get(address)
    const ours = known.creation === 'created'
    const oldLogins = oldLoginsOf(sources.old, address)
    const verdict =
      found === undefined
        ? { isOwn: false, isCertain: false }
        : ownPassword({
            ours,
            forcePasswordUpdate: found.forcePasswordUpdate,
            changedAt: found.passwordChangedAt,
            ourChange: marks.get(address),
            isResetting: next.has(address),
          })
    const since = verdict.isOwn && ours ? (found?.passwordChangedAt ?? undefined) : undefined
    const state = stateOf({
      isThere: found !== undefined,
      isActive: known.active,
      announcedAt,
      isOwn: verdict.isOwn,
      stillThere: lingers(oldLogins, since ?? announcedAt, now),
    })
    const reminder =
      state === 'waiting' && announcedAt !== undefined
        ? reminderState(days, announcedAt, notices.get(address) ?? [], now)
        : undefined
    const logins =
      found === undefined
        ? []
        : newLogins(found, { logins: sources.new, ourAppPasswords, from: ours ? announcedAt : undefined })
    return {
      isCertain: verdict.isCertain,
      hasInitialPassword: initial.has(address),
      ...(reminder === undefined ? {} : { reminder }),
      report: {
        mailbox: address,
        state,
        ours,
        ...(announcedAt === undefined ? {} : { handedOverAt: announcedAt.toISOString() }),
        ownPassword: verdict.isOwn,
        ...(since === undefined ? {} : { ownPasswordSince: since.toISOString() }),
        newLogins: logins,
        ...(oldLogins === undefined ? {} : { oldLogins }),
        reminders: reminder?.told ?? remindersTold(notices.get(address) ?? []),
        ...(reminder?.nextAt === undefined ? {} : { nextReminderAt: reminder.nextAt.toISOString() }),
        onDigest: told.has(address),
        initialPassword: initial.has(address) ? 'kept' : 'none',
      },
    }
  })
}

/** Also of one who needs none any more. */
function remindersTold(notices: readonly LedgerNotice[]): readonly number[] {
  return reminderState([], new Date(0), notices, new Date(0)).told
}

interface StateFacts {
  readonly isThere: boolean
  readonly isActive: boolean
  readonly announcedAt: Date | undefined
  readonly isOwn: boolean
  readonly stillThere: boolean
}

function stateOf({ isThere, isActive, announcedAt, isOwn, stillThere }: StateFacts): AdoptState {
  if (!isActive) return 'inactive'
  if (!isThere) return 'missing'
  if (announcedAt === undefined) return 'not-handed-over'
  if (!isOwn) return 'waiting'
  return stillThere ? 'still-on-old-server' : 'done'
}

/** To read our mail, everybody logs in on the old server once more: only what comes after the own password tells. */
function lingers(logins: readonly LastLogin[] | undefined, since: Date | undefined, now: Date): boolean {
  if (logins === undefined || since === undefined) return false
  return logins.some(({ at }) => {
    const time = new Date(at)
    return time > since && now.getTime() - time.getTime() < GONE_DAYS * DAY_MS
  })
}

const NAMES: Readonly<Record<LoginProtocol, string>> = {
  imap: 'imap',
  pop3: 'pop3',
  managesieve: 'sieve',
  submission: 'smtp',
}

function oldLoginsOf({ usage }: LoginReading, address: string): readonly LastLogin[] | undefined {
  if (usage === undefined) return undefined
  return [...(usage.mailboxes.get(address) ?? [])]
    .map(([protocol, at]) => ({ protocol: NAMES[protocol], at: at.toISOString() }))
    .toSorted((one, other) => (one.protocol < other.protocol ? -1 : 1))
}
