import type { Amount } from './amount.ts'
import type { Forecast } from './forecasting/forecast.ts'
import type { Finding, FindingCounts } from './finding.ts'

/** One folder of the old mailbox and where its messages go. */
export interface SurveyFolder {
  /** Decoded name on the old server. */
  readonly source: string
  /** Decoded name on the new server; `null` when the folder is left out (a finding says why). */
  readonly target: string | null
  /** `\Sent`, `\Trash`, ... */
  readonly role?: string
  readonly messages: number
  /** Absent when the server does not tell sizes per folder. */
  readonly bytes?: number
}

/** What a script does: files into folders, forwards, answers, only sorts spam (which mailcow does itself), or something else. */
export type FilterKind = 'folders' | 'forward' | 'vacation' | 'spam' | 'other'

/** The Sieve scripts of a mailbox. */
export interface SurveyFilters {
  readonly scripts: number
  /** Name of the active one; absent when none is. */
  readonly active?: string
  /** Of the active one. */
  readonly kinds?: readonly FilterKind[]
}

/** What Roundcube keeps for a mailbox. */
export interface SurveyAddressBooks {
  /** Of the user's own contacts, collected recipients and trusted senders those that are not empty. */
  readonly books: number
  /** The user's own. */
  readonly contacts: number
  readonly groups: number
  /** Recipients that were collected, and trusted senders. */
  readonly collected: number
}

/** Logins of its user (not of master users) on the old server, as far back as the log goes, at most 90 days. */
export interface SurveyLogins {
  readonly protocols: readonly ('imap' | 'pop3' | 'managesieve' | 'submission')[]
  /** ISO 8601; absent when nobody logged in. */
  readonly last?: string
  /** Reads its mail by POP3: its program will fetch everything once more from mailcow. */
  readonly usesPop3: boolean
}

export interface SurveyMailbox {
  readonly address: string
  readonly name?: string
  /** Of the old server; an inactive one is created active, copied, and set inactive at cut-over. */
  readonly active: boolean
  /** By the configuration (`skip: true`). */
  readonly skipped: boolean
  /** `null`: unlimited. */
  readonly oldQuotaBytes: number | null
  /** What the plan gives it on mailcow. */
  readonly newQuotaBytes: number
  /** Absent when the mailbox could not be read; a finding says why. */
  readonly size?: Amount
  readonly folders: readonly SurveyFolder[]
  /** Absent when they could not be read; a finding says why. */
  readonly filters?: SurveyFilters
  /** Absent without `old.addressBooks`, and when they could not be read; a finding says why. */
  readonly addressBooks?: SurveyAddressBooks
  /** Absent without `old.loginLog`. */
  readonly logins?: SurveyLogins
  /** On mailcow: not there, made by us, or there and not ours. */
  readonly onMailcow: 'absent' | 'ours' | 'foreign'
}

export interface SurveyDomain {
  readonly domain: string
  readonly stage: string
  readonly mailboxes: readonly SurveyMailbox[]
  readonly aliases: number
  readonly forwards: number
  readonly catchAll: boolean
  readonly aliasDomains: readonly string[]
  readonly totals: Amount & {
    readonly mailboxes: number
    readonly folders: number
    /** Mailboxes with an active Sieve script. */
    readonly filters: number
    /** Not empty, of all mailboxes. */
    readonly addressBooks: number
    /** In all of them, collected ones included. */
    readonly contacts: number
  }
  /** How long a copy of all of it, and the last delta, will take: from copies measured here, or a stated default. */
  readonly forecast?: Forecast
  readonly findings: readonly Finding[]
  readonly counts: FindingCounts
  /** Exact command line of what comes next for this domain. */
  readonly next: string
}

export interface SurveyReport {
  readonly schema: 'mailmove.survey/1'
  /** ISO 8601. */
  readonly at: string
  readonly domains: readonly SurveyDomain[]
  /** Domains that another run works on at the moment. */
  readonly skipped: readonly { readonly domain: string; readonly reason: string }[]
  readonly counts: FindingCounts
  /** Exact command line of what comes next. */
  readonly next: string
}

export interface AcceptReport {
  readonly schema: 'mailmove.accept/1'
  readonly at: string
  readonly domain: string
  readonly code: string
  readonly reason: string
  /** The findings that pass from now on. */
  readonly accepted: readonly Finding[]
  /** Red ones that still stop the domain. */
  readonly remaining: readonly Finding[]
  readonly next: string
}
