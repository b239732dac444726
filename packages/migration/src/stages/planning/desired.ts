import type {
  DomainLimits,
  PlannedAlias,
  PlannedDkim,
  PlannedForward,
  PlannedMailbox,
  PlannedPolicy,
  PlannedSpamScore,
} from '../plan-report.ts'

/** What the domain shall look like on mailcow. Pure data, made from the inventory and the configuration. */
export interface DesiredDomain {
  readonly domain: string
  readonly description: string
  /** Addresses the old server sends from; empty entries are not allowed. */
  readonly forwardingHosts: readonly string[]
  /** `[mailhaus.example]:25`: where mailcow hands the domain's mail until cut-over. */
  readonly nexthop: string
  readonly defaultMailboxQuotaBytes: number
  /** Absent: the key that mailcow makes. */
  readonly dkim?: PlannedDkim
  readonly mailboxes: readonly DesiredMailbox[]
  readonly aliases: readonly PlannedAlias[]
  readonly forwards: readonly PlannedForward[]
  /** Spam lists and thresholds that were not put on mailcow yet; those that were are their users'. */
  readonly spam?: DesiredSpam
}

export interface DesiredSpam {
  readonly policies: readonly PlannedPolicy[]
  readonly scores: readonly PlannedSpamScore[]
}

export interface DesiredMailbox extends PlannedMailbox {
  /** From then on everything but the quota is the user's. */
  readonly announced: boolean
}

/**
 * - `staged`: a relay domain with a transport to the old server, aliases inactive
 * - `final`: mailcow accepts for itself; flags, transport and alias states belong to the cut-over
 */
export type MailFlow = 'staged' | 'final'

/** mailcow's own defaults for a new domain: never less, so that an admin can still add something by hand. */
export const LEAST_LIMITS: Omit<DomainLimits, 'defaultMailboxQuotaBytes'> = {
  maxMailboxes: 10,
  maxAliases: 400,
  maxMailboxQuotaBytes: 10 * 1024 ** 3,
  totalQuotaBytes: 10 * 1024 ** 3,
}
