/** Kinds of things that we make on the new server. */
export type ObjectKind =
  | 'domain'
  | 'mailbox'
  | 'alias'
  | 'alias-domain'
  | 'transport'
  | 'forwarding-host'
  | 'filter'
  | 'app-password'

/**
 * `intended`: we were about to make it (it was not there before) and don't know what came of it;
 * `created`: it is ours; `removed`: it was ours and we took it away again.
 */
export type ObjectState = 'intended' | 'created' | 'removed'

/** Something on the new server that we made. What is not listed here is not ours and is never deleted. */
export interface LedgerObject {
  readonly domain: string
  readonly kind: ObjectKind
  readonly key: string
  readonly state: ObjectState
  /** The server's own number, where it has one. */
  readonly remoteId?: string
  readonly intendedAt: Date
  readonly createdAt?: Date
  readonly removedAt?: Date
}

/** What is ours on the new server. Written by {@link OutsideWrites} only. */
export interface LedgerObjects {
  get(domain: string, kind: ObjectKind, key: string): Promise<LedgerObject | undefined>
  /** All of a domain, oldest first. */
  list(domain: string, kind?: ObjectKind): Promise<readonly LedgerObject[]>
  /** True if it is `created`. */
  isOurs(domain: string, kind: ObjectKind, key: string): Promise<boolean>
}
