/** How somebody reads mail: IMAP, POP3, filters (ManageSieve), or sends it through Dovecot. */
export type LoginProtocol = 'imap' | 'pop3' | 'managesieve' | 'submission'

/** One login that Dovecot let in. */
export interface Login {
  readonly time: Date
  /** The mailbox, lower case. */
  readonly user: string
  readonly protocol: LoginProtocol
  /** The client's address, where the log tells it. */
  readonly remote?: string
  /** The master user that came in its place (`unknown` where the log does not name it): no login of the user's. */
  readonly master?: string
}
