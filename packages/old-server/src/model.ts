import type { Target } from './target.ts'

/**
 * What an old mail server holds. Plain data, canonical: domains, mailboxes and addresses are sorted, and everything
 * is lower-cased where mail is case-insensitive (which is everywhere but in display names and file paths).
 *
 * Passwords are no part of it: no reader takes them over.
 */
export interface Inventory {
  readonly domains: readonly InventoryDomain[]
  /** What the readers and `mergeInventories` noticed. What aliases lead to is found by `effectiveRecipients`. */
  readonly issues: readonly InventoryIssue[]
}

/** A domain whose mail the old server is the final destination for. Domains that it only relays are not in an inventory. */
export interface InventoryDomain {
  readonly domain: string
  /** Whether the old server accepts mail for it at present. */
  readonly active: boolean
  readonly mailboxes: readonly Mailbox[]
  /** Aliases, forwards and the catch-all. Addresses in this domain, or explicit ones in one of its alias domains. */
  readonly addresses: readonly Address[]
  /** Domains whose every address means the same local part in this domain. Sorted. */
  readonly aliasDomains: readonly string[]
  /** Alias domains that are switched off on the old server. Sorted. */
  readonly inactiveAliasDomains: readonly string[]
  readonly domainAdmins: readonly DomainAdmin[]
  /** For all of its mailboxes; what a mailbox says itself goes first. */
  readonly spam?: SpamSettings
  readonly origin: Origin
}

/** What a spam filter was told for a mailbox or a domain. */
export interface SpamSettings {
  /** Points from which on mail is taken for spam. */
  readonly junk?: number
  /** Points from which on it is not accepted at all. */
  readonly reject?: number
  /** Senders whose mail is never spam: addresses, domains, `*` for any characters. Sorted. */
  readonly allow: readonly string[]
  /** Senders whose mail always is. Sorted. */
  readonly deny: readonly string[]
}

/** Somebody who may administer a domain. */
export interface DomainAdmin {
  readonly username: string
  readonly name?: string
}

/** A mailbox: something that one can log in to and that holds mail. */
export interface Mailbox {
  readonly address: string
  readonly name?: string
  /** Bytes; `null` unlimited; `undefined` when the source does not say. */
  readonly quotaBytes: number | null | undefined
  readonly active: boolean
  /** `false`: it exists and can be read, but the old server delivers nothing to it. Default true. */
  readonly canReceive?: boolean
  /** `false`: it is delivered to, but nobody can log in. Default true. */
  readonly canLogin?: boolean
  /**
   * Whether the alias table keeps the mailbox's own address for it. Default true, as PostfixAdmin and an inventory file mean it.
   * `false` only comes from plain Postfix maps without such a row: there a catch-all takes the mail of existing mailboxes.
   */
  readonly ownAddress?: boolean
  readonly spam?: SpamSettings
  readonly origin: Origin
}

/** A row of the alias table. A forward that keeps a copy is a row whose targets include its own address. */
export interface Address {
  /** `office@example.at`; `@example.at` is the catch-all. */
  readonly address: string
  /** Without duplicates, in the order of the source. */
  readonly targets: readonly Target[]
  readonly active: boolean
  readonly origin: Origin
}

/** Where an entry comes from: a file, or the name of a database table. Lines and columns count from 1. */
export interface Origin {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

/** `red`: somebody must decide before the domain moves; `yellow`: worth a look; `info`: explains. */
export type IssueSeverity = 'red' | 'yellow' | 'info'

/**
 * Stable names of what can be wrong with an inventory.
 * - `conflict`: two sources say different things; the first one holds
 * - `row-unreadable`: a row of a database that makes no sense; it is left out, or the part of it that makes none
 * - `alias-domain-doubtful`: a database lists an alias domain that leads nowhere, or that is more than one
 * - `placeholder`: an alias to an address that only stands in the example of a program; it is left out
 * - `table-unlisted`: a table of Postfix that can only be asked, not listed: what it holds is not known
 */
export type InventoryIssueCode =
  | 'conflict'
  | 'row-unreadable'
  | 'alias-domain-doubtful'
  | 'placeholder'
  | 'table-unlisted'
  | 'fetched-mail'

/** Something that a reader or a merge noticed and that an admin should know. */
export interface InventoryIssue {
  readonly code: InventoryIssueCode
  readonly severity: IssueSeverity
  readonly domain: string
  /** The mailbox, alias or alias domain it is about; absent when it is the domain itself. */
  readonly item?: string
  /** One sentence: what is so. */
  readonly message: string
  /** One sentence: what to do. */
  readonly remedy: string
  readonly origins: readonly Origin[]
}
