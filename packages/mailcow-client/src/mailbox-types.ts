import type { NewPassword } from './password.ts'
import type { Protocol } from './protocol.ts'
import type { RateLimit } from './rate-limit.ts'

/** A mailbox as it is on mailcow. Sizes in bytes; null where mailcow does not say (fields of the reduced view). */
export interface Mailbox {
  /** Lower case. */
  readonly address: string
  readonly domain: string
  readonly localPart: string
  readonly name: string
  /** Can log in and receives mail. */
  readonly active: boolean
  /** Cannot log in, but receives mail. */
  readonly receiveOnly: boolean
  /** null: unlimited. May be negative: mailcow accepts that from others. */
  readonly quotaBytes: number | null
  readonly usedBytes: number | null
  readonly messages: number | null
  /** The web interface makes the user choose a new password. */
  readonly forcePasswordUpdate: boolean
  /** When the password was last set, by the user or an admin. */
  readonly passwordChangedAt: Date | null
  readonly protocols: readonly Protocol[]
  readonly sogoAccess: boolean | null
  readonly forceTwoFactor: boolean | null
  readonly requireTlsIn: boolean | null
  readonly requireTlsOut: boolean | null
  readonly quarantineNotification: string | null
  readonly quarantineCategory: string | null
  readonly recoveryEmail: string | null
  readonly relayHostId: number | null
  /** `mailcow`, or an identity provider. */
  readonly authSource: string
  readonly customAttributes: Readonly<Record<string, string>>
  readonly lastLogin: {
    readonly imap: Date | null
    readonly pop3: Date | null
    readonly smtp: Date | null
    readonly sso: Date | null
  }
  readonly tags: readonly string[]
  /** The largest quota that the mailbox could be given now. */
  readonly maxQuotaBytes: number | null
  readonly temporaryAliases: number | null
  readonly pushoverActive: boolean | null
  readonly rateLimit: RateLimit | null
  readonly rateLimitFrom: 'domain' | 'mailbox' | null
  /** Its domain is relayed to another server. */
  readonly isRelayed: boolean | null
  /** As whom it may send besides itself: addresses, `@domain`, or `*`. */
  readonly senderAcl: readonly string[] | null
  readonly createdAt: Date | null
  readonly modifiedAt: Date | null
}

/** What can be changed on a mailbox. */
export interface MailboxChanges {
  readonly name?: string
  /** Bytes: whole MiB, never 0. null: unlimited. */
  readonly quotaBytes?: number | null
  readonly active?: boolean
  /** true: no login, but mail arrives (`active` must not be true then). */
  readonly receiveOnly?: true
  /** A change of the password leaves `forcePasswordUpdate` as it is. */
  readonly password?: string
  /** Instead of `password`, see {@link NewPassword}. */
  readonly passwordHash?: string
  readonly forcePasswordUpdate?: boolean
  /** Exactly these are allowed. */
  readonly protocols?: readonly Protocol[]
  readonly sogoAccess?: boolean
  readonly relayHostId?: number | null
  readonly senderAcl?: readonly string[]
  /** Added to those that are there: mailcow never removes tags here, see {@link Mailboxes.removeTags}. */
  readonly addTags?: readonly string[]
  readonly recoveryEmail?: string
  readonly authSource?: 'mailcow' | 'keycloak' | 'generic-oidc' | 'ldap'
}

/** A new mailbox. What is absent comes from mailcow's mailbox template. */
export type MailboxSettings = NewMailbox & NewPassword

/** A mailbox to be made, without its password. */
export interface NewMailbox extends Omit<
  MailboxChanges,
  'addTags' | 'senderAcl' | 'recoveryEmail' | 'password' | 'passwordHash'
> {
  readonly localPart: string
  readonly domain: string
  readonly name: string
  readonly quotaBytes: number | null
  readonly active: boolean
  readonly forcePasswordUpdate: boolean
  readonly requireTlsIn?: boolean
  readonly requireTlsOut?: boolean
  readonly tags?: readonly string[]
  /** What the user may do in the web interface, e.g. `app_passwds`. Absent: from mailcow's template. */
  readonly permissions?: readonly string[]
}
