/** A mailbox that the old server is to host. */
export interface HostedMailbox {
  readonly address: string
  readonly active: boolean
  /** 0: unlimited. */
  readonly quotaBytes: number
}

/** An alias, a forward or (`@domain`) a catch-all that the old server is to have. */
export interface HostedAlias {
  readonly address: string
  readonly targets: readonly string[]
  readonly active: boolean
}

/** A domain that the old server is to host. */
export interface HostedDomain {
  readonly domain: string
  readonly mailboxes: readonly HostedMailbox[]
  readonly aliases: readonly HostedAlias[]
  readonly aliasDomains: readonly string[]
}
