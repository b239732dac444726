import type { CutoverStepReport } from './cutover-report.ts'
import type { Finding } from './finding.ts'

/** The writes of `provision`. Passwords and private keys are never part of an action. */
export type PlannedAction =
  | {
      readonly kind: 'add-forwarding-host'
      readonly item: string
      readonly host: string
      readonly filterSpam: true
    }
  | {
      readonly kind: 'add-transport'
      readonly item: string
      readonly destination: string
      readonly nexthop: string
    }
  | {
      readonly kind: 'edit-transport'
      readonly item: string
      readonly id: number
      readonly destination: string
      readonly nexthop: string
    }
  | ({ readonly kind: 'add-domain'; readonly item: string } & DomainSettings & RelayFlags)
  | { readonly kind: 'edit-domain-limits'; readonly item: string; readonly changes: Partial<DomainLimits> }
  | ({ readonly kind: 'edit-domain-relay'; readonly item: string } & RelayFlags)
  /** The private key itself is never part of the plan. */
  | ({ readonly kind: 'import-dkim'; readonly item: string } & PlannedDkim)
  | ({ readonly kind: 'add-mailbox'; readonly item: string } & PlannedMailbox)
  | {
      readonly kind: 'edit-mailbox'
      readonly item: string
      readonly changes: { readonly name?: string; readonly quotaBytes?: number; readonly active?: true }
    }
  | ({ readonly kind: 'add-filter'; readonly item: string } & PlannedForward)
  | ({ readonly kind: 'edit-filter'; readonly item: string; readonly id: number } & PlannedForward)
  | { readonly kind: 'delete-filter'; readonly item: string; readonly id: number }
  | ({ readonly kind: 'add-policy'; readonly item: string } & PlannedPolicy)
  | ({ readonly kind: 'set-spam-score'; readonly item: string } & PlannedSpamScore)
  | ({ readonly kind: 'add-alias'; readonly item: string } & PlannedAlias)
  | ({ readonly kind: 'edit-alias'; readonly item: string; readonly id: number } & PlannedAlias)
  | { readonly kind: 'delete-alias'; readonly item: string; readonly id: number }

/** mailcow's limits of a domain; bytes, never MiB. */
export interface DomainLimits {
  readonly maxMailboxes: number
  readonly maxAliases: number
  readonly defaultMailboxQuotaBytes: number
  readonly maxMailboxQuotaBytes: number
  readonly totalQuotaBytes: number
}

export interface DomainSettings extends DomainLimits {
  readonly domain: string
  readonly description: string
}

/** Sent in one call and read back: `backupmx`, `relay_all_recipients`, `relay_unknown_only`. */
export interface RelayFlags {
  readonly relay: boolean
  readonly relayAllRecipients: boolean
  readonly relayUnknownOnly: boolean
}

export interface PlannedDkim {
  readonly selector: string
  /** DER in base64, as it stands in the DNS record. */
  readonly publicKey: string
}

export interface PlannedMailbox {
  readonly address: string
  readonly name: string
  readonly quotaBytes: number
  /** Where the initial password comes from; the password itself is sealed in the ledger before the mailbox exists. */
  readonly password: 'own' | 'shared'
}

/** An entry of a spam list of mailcow's. */
export interface PlannedPolicy {
  /** A mailbox or a domain. */
  readonly owner: string
  readonly list: 'allow' | 'deny'
  readonly sender: string
}

/** Points from which on mail goes into the junk folder, or is refused. */
export interface PlannedSpamScore {
  readonly mailbox: string
  readonly junk: number
  readonly reject: number
}

export interface PlannedAlias {
  /** `@example.at` is the catch-all. */
  readonly address: string
  readonly targets: readonly string[]
  /** False while the domain is staged. */
  readonly active: boolean
  readonly senderAllowed: boolean
}

/** A forward of a mailbox, which becomes an active prefilter. */
export interface PlannedForward {
  readonly mailbox: string
  readonly targets: readonly string[]
  readonly keepCopy: boolean
  /** The Sieve script, as it is sent. */
  readonly script: string
}

/**
 * - `planned`: dry run
 * - `done`: written, answered and read back
 * - `healed`: the answer was lost, the read back shows that it was done
 * - `failed`: refused, or the read back shows something else
 * - `blocked`: not tried, because something that it needs failed
 */
export type ActionOutcome = 'planned' | 'done' | 'healed' | 'failed' | 'blocked'

export interface ActionResult {
  readonly action: PlannedAction
  readonly outcome: ActionOutcome
  readonly message?: string
}

/** What `copy` would do with one mailbox. */
export interface PlannedCopy {
  readonly mailbox: string
  /** Of the last survey; absent when it could not read the mailbox. */
  readonly messages?: number
  readonly folders: readonly { readonly source: string; readonly target: string; readonly messages: number }[]
}

/** Pure data: everything that provision, copy and cut-over would do to one domain, in order. */
export interface PlanReport {
  readonly schema: 'mailmove.plan/1'
  readonly at: string
  readonly domain: string
  readonly stage: string
  readonly provision: readonly PlannedAction[]
  /** Objects that are already as they should be. */
  readonly unchanged: number
  readonly copy: {
    readonly phase: 'mirror' | 'additive'
    readonly mailboxes: readonly PlannedCopy[]
    readonly messages: number
  }
  readonly cutover: {
    /** In their order, as a dry run of the cut-over shows them. */
    readonly steps: readonly CutoverStepReport[]
    /** Why they cannot be told yet. */
    readonly obstacle?: string
  }
  readonly findings: readonly Finding[]
  /** True when a red finding that nobody accepted stops it. */
  readonly blocked: boolean
  readonly next: string
}

export interface ProvisionDomain {
  readonly domain: string
  /** `stopped`: a gate; the findings in `blockedBy` say which. */
  readonly outcome: 'done' | 'unchanged' | 'partial' | 'failed' | 'stopped' | 'planned'
  readonly actions: readonly ActionResult[]
  /** Writes that were made. */
  readonly changed: number
  readonly unchanged: number
  /** What the last read back still shows different from the plan; empty when done. */
  readonly remaining: readonly PlannedAction[]
  readonly blockedBy: readonly Finding[]
  readonly findings: readonly Finding[]
  /** Why it failed as a whole. */
  readonly message?: string
  readonly next: string
}

export interface ProvisionReport {
  readonly schema: 'mailmove.provision/1'
  readonly at: string
  readonly dryRun: boolean
  readonly domains: readonly ProvisionDomain[]
  /** Every object of every domain read back equals its plan. */
  readonly ok: boolean
}
