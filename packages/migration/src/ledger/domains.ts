/** What the copier may do with a target mailbox. `additive` is for good. */
export type Phase = 'mirror' | 'additive'

export interface LedgerDomain {
  readonly domain: string
  readonly firstSeenAt: Date
  readonly phase: Phase
  readonly additiveSince?: Date
  /** Why the domain became additive, in words. */
  readonly additiveReason?: string
}

export interface Domains {
  /** Makes the domain known; changes nothing when it is. */
  ensure(domain: string): Promise<LedgerDomain>
  get(domain: string): Promise<LedgerDomain | undefined>
  list(): Promise<readonly LedgerDomain[]>
  /** `additive` once {@link Domains.makeAdditive} was called or any mailbox was announced; `mirror` before, and for an unknown domain. */
  phase(domain: string): Promise<Phase>
  /** Irreversible: from here on nothing may change or delete what is in the target mailboxes. The first reason stays. */
  makeAdditive(domain: string, reason: string): Promise<LedgerDomain>
}
