import type { DomainLimits, PlannedDkim, RelayFlags } from '../plan-report.ts'

/** mailcow as far as one domain is concerned: what the planner compares with what it wants. */
export interface MailcowState {
  readonly forwardingHosts: readonly { readonly host: string; readonly filterSpam: boolean }[]
  /** Only those whose destination is the domain. */
  readonly transports: readonly StateTransport[]
  readonly domain: StateDomain | undefined
  /** The key that signs its mail; only read where one is to be taken over. */
  readonly dkim?: PlannedDkim
  /** The domain that this one is an alias domain of. */
  readonly aliasDomainOf?: string
  /** Alias domains of the inventory that mailcow has already, as a domain or an alias domain. */
  readonly takenAliasDomains: readonly string[]
  readonly mailboxes: readonly StateMailbox[]
  readonly aliases: readonly StateAlias[]
  readonly filters: readonly StateFilter[]
  /** Only read where spam lists are to be taken over. */
  readonly policies?: readonly StatePolicy[]
  /** Only of mailboxes whose thresholds are to be taken over. */
  readonly spamScores?: ReadonlyMap<string, { readonly junk: number; readonly reject: number }>
}

interface StatePolicy {
  readonly owner: string
  readonly list: 'allow' | 'deny'
  readonly sender: string
}

interface StateTransport {
  readonly id: number
  readonly destination: string
  readonly nexthop: string
  readonly active: boolean
}

export interface StateDomain extends DomainLimits, RelayFlags {
  readonly active: boolean
}

export interface StateMailbox {
  readonly address: string
  readonly name: string
  /** `null`: unlimited. */
  readonly quotaBytes: number | null
  readonly active: boolean
  /** The user must choose a password of his own. */
  readonly forcePasswordUpdate: boolean
}

export interface StateAlias {
  readonly id: number
  readonly address: string
  readonly targets: readonly string[]
  readonly active: boolean
  readonly senderAllowed: boolean
}

export interface StateFilter {
  readonly id: number
  readonly mailbox: string
  readonly type: 'prefilter' | 'postfilter'
  readonly description: string
  readonly script: string
  readonly active: boolean
}

/** Objects on mailcow that can be ours. */
export type ObjectKind = 'domain' | 'mailbox' | 'alias' | 'filter' | 'transport' | 'forwarding-host' | 'dkim'

/**
 * Who made what. `made` is on record as written by us; `adopted` was there before and an admin let us take it over
 * (`accept`): it is brought in line with the plan, but never given a password and never deleted.
 */
export interface Ownership {
  of(kind: ObjectKind, key: string): Owner
}

export type Owner = 'made' | 'adopted' | 'foreign'
