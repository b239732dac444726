/** `red` stops provision and everything behind it until it is repaired or accepted; `yellow` is worth a look; `info` explains. */
export type Severity = 'red' | 'yellow' | 'info'

/** What a finding is about. Codes are stable: `accept`, scripts and the records of past moves use them. */
export type FindingCode =
  // The old server's inventory
  | 'domain-inactive'
  | 'inventory-conflict'
  | 'inventory-row'
  | 'alias-domain-doubtful'
  | 'alias-placeholder'
  | 'mail-fetched'
  | 'inventory-unlisted'
  | 'alias-loop'
  | 'alias-dead'
  | 'alias-target-dead'
  | 'alias-target-unsupported'
  | 'alias-inactive'
  | 'alias-too-wide'
  | 'mailbox-inactive'
  | 'mailbox-skipped'
  | 'autoreply'
  | 'catch-all'
  | 'catch-all-swallows'
  | 'forward-of-mailbox'
  | 'forward-without-copy'
  | 'forward-circle'
  | 'external-target-twice'
  | 'target-twice'
  | 'address-refused'
  | 'alias-domain-later'
  | 'spam-entry-refused'
  // The old mailboxes
  | 'old-login-refused'
  | 'old-mailbox-unreadable'
  | 'mailbox-sees-nothing'
  | 'folder-collision'
  | 'folder-merged'
  | 'folder-renamed'
  | 'folder-left-out'
  | 'over-quota'
  | 'quota-tight'
  | 'quota-override'
  | 'quota-unlimited'
  // Copying
  | 'folder-disappeared'
  | 'folder-vanished'
  | 'too-many-deletions'
  | 'source-suddenly-empty'
  | 'target-over-quota'
  | 'copy-memory-missing'
  | 'uid-validity-changed'
  | 'copies-refilled'
  | 'keywords-dropped'
  | 'message-set-aside'
  | 'folder-failed'
  | 'folder-unmapped'
  | 'deletions-impossible'
  | 'subscription-failed'
  | 'sum-mismatch'
  | 'date-replaced'
  | 'stored-twice'
  // Sieve scripts
  | 'filters-unread'
  | 'script-not-compiling'
  | 'script-loses'
  | 'script-unlisted'
  | 'filter-left-alone'
  // Address books
  | 'address-books-unread'
  | 'contacts-set-aside'
  | 'contacts-refused'
  | 'contacts-left-alone'
  // Notices
  | 'notice-forwarded'
  | 'notice-discarded'
  | 'notice-over-quota'
  | 'notice-unread'
  | 'login-log-unread'
  // Afterwards
  | 'own-password-missing'
  | 'still-on-old-server'
  | 'contact-missing'
  | 'notices-left'
  // mailcow as it is
  | 'domain-exists'
  | 'domain-limits'
  | 'domain-is-alias-domain'
  | 'alias-domain-exists'
  | 'domain-inactive-on-mailcow'
  | 'mailbox-exists'
  | 'mailbox-left-over'
  | 'mailbox-gone'
  | 'alias-exists'
  | 'dkim-exists'
  | 'address-is-alias'
  | 'address-is-mailbox'
  | 'prefilter-exists'
  | 'transport-exists'
  | 'forwarding-host-unfiltered'
  | 'password-policy'
  | 'shared-password-refused'
  | 'disk-space'
  | 'disk-space-unknown'

/** One thing that an admin should know before the move, with what to do about it. */
export interface Finding {
  /** One of {@link FindingCode}, unless an older or newer version recorded it. */
  readonly code: string
  readonly severity: Severity
  readonly domain: string
  /** The address, folder (`anna@example.at: Sent`) or object it is about; absent when it is the domain itself. */
  readonly item?: string
  /** One sentence: what is so. */
  readonly message: string
  /** One sentence: what to do. */
  readonly remedy: string
  /** Set when somebody let it pass, on the record. */
  readonly accepted?: Acceptance
}

/** Who let a red finding pass, and why. */
export interface Acceptance {
  /** ISO 8601. */
  readonly at: string
  readonly by?: string
  readonly reason: string
}

/** Findings by severity; `accepted` counts the red ones that no longer stop anything. */
export interface FindingCounts {
  readonly red: number
  readonly yellow: number
  readonly info: number
  readonly accepted: number
}

/** Red and not accepted: what a gate stops at. */
export function isBlocking(finding: Finding): boolean {
  return finding.severity === 'red' && finding.accepted === undefined
}

export function countFindings(findings: readonly Finding[]): FindingCounts {
  const count = { red: 0, yellow: 0, info: 0, accepted: 0 }
  for (const finding of findings)
    count[finding.severity === 'red' && finding.accepted !== undefined ? 'accepted' : finding.severity] += 1
  return count
}
