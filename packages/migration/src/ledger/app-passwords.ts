import type { SecretKey } from '../secrets/key.ts'

/** An app password of ours on a user's mailbox. Its text is under seal as purpose `app-password`. */
export interface LedgerAppPassword {
  readonly mailbox: string
  readonly domain: string
  /** As the user sees it among his app passwords. */
  readonly name: string
  readonly state: 'intended' | 'created' | 'removed'
  /** mailcow's number; absent until found by reading back. */
  readonly remoteId?: string
  readonly intendedAt: Date
}

/** App passwords that we create, recorded before they exist, so that none is ever left behind. */
export interface AppPasswords {
  /** Durable when it resolves: only then create it. Seals the password with it. */
  intend(
    key: SecretKey,
    input: {
      readonly domain: string
      readonly mailbox: string
      readonly name: string
      readonly password: string
    },
  ): Promise<LedgerAppPassword>
  markCreated(mailbox: string, name: string, remoteId?: string): Promise<void>
  /** Also removes the sealed password. */
  markRemoved(mailbox: string, name: string): Promise<void>
  get(mailbox: string): Promise<LedgerAppPassword | undefined>
  /** All that are not `removed`: what has to be cleaned up at the end. */
  outstanding(domain?: string): Promise<readonly LedgerAppPassword[]>
}
