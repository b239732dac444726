import type { Card } from '../vcard/property.ts'
import type { Identity, SavedResponse } from './identities.ts'
import type { RoundcubeUser } from './users.ts'

/** Everything that Roundcube keeps for one mailbox. Contacts are not in memory: `entries()` reads them. */
export interface MailboxAddressBooks {
  readonly address: string
  /** The rows of `users` that were put together; none: the user was never in Roundcube. */
  readonly users: readonly RoundcubeUser[]
  readonly books: readonly AddressBook[]
  readonly identities: readonly Identity[]
  readonly responses: readonly SavedResponse[]
}

/** `personal`: the user's own contacts · `recipients`: collected ("Collected Recipients") · `senders`: trusted ones. */
export type BookKind = 'personal' | 'recipients' | 'senders'

export interface AddressBook {
  readonly kind: BookKind
  /** Names of the groups in it, each once, in Roundcube's order. */
  readonly groups: readonly string[]
  /** Reads the book from the database, in the same order every time. May be called again. */
  entries(): AsyncGenerator<BookEntry>
}

export type BookEntry = ContactEntry | GroupEntry | SetAsideEntry

export interface ContactEntry {
  readonly kind: 'contact'
  /** Strict vCard 3.0, with UID, FN, and the groups as CATEGORIES. */
  readonly card: Card
  /** The same for the same contact in every run. */
  readonly uid: string
  readonly name: string
  readonly groups: readonly string[]
  /** What had to be changed beyond its form, in sentences. */
  readonly repairs: readonly string[]
  /** As it was stored, when something of it is not in `card`. */
  readonly original?: string
}

/** A group as a card of its own; after all contacts. */
export interface GroupEntry {
  readonly kind: 'group'
  readonly card: Card
  readonly uid: string
  readonly name: string
  readonly members: readonly string[]
}

/** A contact that cannot become a card. */
export interface SetAsideEntry {
  readonly kind: 'set-aside'
  /** `contact 17`, for the admin who looks it up. */
  readonly name: string
  /** A sentence. */
  readonly reason: string
  /** As it was stored; absent when that is too large to be read. */
  readonly original?: string
}
