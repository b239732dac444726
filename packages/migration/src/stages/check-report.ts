/** What one line of `check` is about; the order of this list is the order of the report. */
export type CheckSubject =
  | 'config'
  | 'ledger'
  | 'secrets.key'
  | 'old.inventory'
  | 'old.imap'
  | 'old.imap.master'
  | 'old.sieve'
  | 'old.addressBooks'
  | 'old.smtp'
  | 'old.loginLog'
  | 'new.mailcow'
  | 'new.mailcow.apiKey'
  | 'new.mailcow.passwordPolicy'
  | 'new.mailcow.allowList'
  | 'new.imap'
  | 'new.imap.master'
  | 'new.sieve'
  | 'notify.templates'
  | 'notify.smtp'

/** One thing tried. `warning`: works, but somebody should know; `skipped`: could not be tried, `detail` says why. */
export interface CheckResult {
  readonly subject: CheckSubject
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped'
  /** Where: `imaps://mailhaus.example:993`, a file, a URL; never with a secret. */
  readonly target: string
  /** One sentence. */
  readonly detail: string
  readonly remedy?: string
  /** Only `failed`: what has to be repaired, the configuration (or a file that it names), or a server. */
  readonly cause?: 'configuration' | 'server'
  /** What was learned, for people who look closely: versions, capabilities, limits. */
  readonly facts: Readonly<Record<string, string | number | boolean>>
}

export interface CheckReport {
  readonly schema: 'mailmove.check/1'
  /** ISO 8601. */
  readonly at: string
  readonly results: readonly CheckResult[]
  /** No result is `failed`. */
  readonly ok: boolean
  /** Logins that a server refused during this check; bounded, because mailcow bans an address at ten. */
  readonly refusedLogins: number
}
