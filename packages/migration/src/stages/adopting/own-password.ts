/** What decides whether a password is its user's own. */
export interface PasswordFacts {
  /** We made the mailbox, with an initial password. */
  readonly ours: boolean
  /** mailcow still makes its user choose another one. */
  readonly forcePasswordUpdate: boolean
  /** As mailcow says now; null: it does not say. */
  readonly changedAt: Date | null
  /** The same, read back after we last set it. */
  readonly ourChange: Date | undefined
  /** A reset of ours is under way: what changed may be that. */
  readonly isResetting: boolean
}

export interface PasswordVerdict {
  readonly isOwn: boolean
  /** So sure that ours may be thrown away. */
  readonly isCertain: boolean
}

const QUARTER_HOUR_MS = 15 * 60_000
const LARGEST_OFFSET_MS = 26 * 60 * 60_000

/** Whether a mailbox has a password of its user's own; nobody logs in to find out. Pure. */
export function ownPassword(facts: PasswordFacts): PasswordVerdict {
  if (!facts.ours || !facts.forcePasswordUpdate) return { isOwn: true, isCertain: true }
  const { changedAt, ourChange, isResetting } = facts
  if (isResetting || changedAt === null || ourChange === undefined) return { isOwn: false, isCertain: false }
  const difference = Math.abs(changedAt.getTime() - ourChange.getTime())
  if (difference === 0) return { isOwn: false, isCertain: false }
  // mailcow's times have no zone: read in another one than at creation, the same time is whole quarters of an hour away.
  const isOtherZone = difference % QUARTER_HOUR_MS === 0 && difference <= LARGEST_OFFSET_MS
  return { isOwn: !isOtherZone, isCertain: !isOtherZone }
}
