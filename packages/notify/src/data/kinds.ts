import type {
  AccessSettings,
  CommonData,
  NoticeAddressBook,
  NoticeDate,
  NoticeForward,
  NoticeMailbox,
  NoticeScript,
  PasswordRule,
} from './common.ts'

/** Days ahead, to the owner of a mailbox: own data, and the bare list of the domain's addresses. */
export interface PreWarningData extends CommonData {
  readonly mailbox: NoticeMailbox
  /** When the move is planned; undefined: not fixed yet. */
  readonly moveDate?: NoticeDate | undefined
  /** This mailbox's own forwards. Never those of colleagues. */
  readonly forwards: readonly NoticeForward[]
  /** All addresses of the domain, without where they lead. */
  readonly addresses: readonly string[]
  readonly usesPop3: boolean
}

export interface ContactMailbox extends NoticeMailbox {
  readonly forwards: readonly NoticeForward[]
  readonly usesPop3?: boolean | undefined
  readonly active: boolean
}

export interface ContactAlias {
  /** `@example.at` is the catch-all. */
  readonly address: string
  readonly targets: readonly string[]
  /** What is wrong with it, if anything. */
  readonly problem?: 'loop' | 'dead' | undefined
}

/** Days ahead, to the domain's contact: the full list, to tidy up. */
export interface PreWarningContactData extends CommonData {
  readonly moveDate?: NoticeDate | undefined
  readonly mailboxes: readonly ContactMailbox[]
  readonly aliases: readonly ContactAlias[]
  readonly aliasDomains: readonly string[]
}

/** What an account notice needs to explain how to get in. */
export interface AccessData {
  readonly mailbox: NoticeMailbox
  /** The initial password; undefined: the reader has it already (a shared one, or from an earlier mail). */
  readonly password?: string | undefined
  readonly passwordRule: PasswordRule
  readonly newSettings: AccessSettings
  readonly oldSettings: AccessSettings
}

/** The mailbox has moved: initial password, three steps, settings, what else changes. */
export interface HandOverData extends CommonData, AccessData {
  readonly usesPop3: boolean
  readonly forwards: readonly NoticeForward[]
  /** Attached to the mail by the caller under these names. */
  readonly scripts: readonly NoticeScript[]
  readonly addressBooks: readonly NoticeAddressBook[]
  /** Whether phones may use ActiveSync; undefined: not known. */
  readonly activeSync?: boolean | undefined
  /** Until when the old mailbox can still be read. */
  readonly oldMailboxUntil?: NoticeDate | undefined
}

/** No own password yet. */
export interface ReminderData extends CommonData, AccessData {
  readonly handedOverAt: NoticeDate
  /** 1 for the first reminder. */
  readonly count: number
  readonly oldMailboxUntil?: NoticeDate | undefined
}

/** A new initial password was made. */
export interface PasswordResetData extends CommonData, AccessData {}

/** After a rollback: nothing changes, the old server goes on. */
export interface KeepOldServerData extends CommonData {
  readonly mailbox: NoticeMailbox
  readonly oldSettings: AccessSettings
  /** When the old server took over again. */
  readonly since: NoticeDate
  /** Whether a hand-over mail had been sent, whose settings do not hold now. */
  readonly wasHandedOver: boolean
  /** When the next try is planned. */
  readonly nextMoveDate?: NoticeDate | undefined
}

export interface QuotaFolder {
  readonly name: string
  readonly bytes: number
}

/** Before the move, to those who would be over. */
export interface QuotaData extends CommonData {
  /** `quotaBytes`: what the new server will allow; `usedBytes`: what is there now. Both are needed. */
  readonly mailbox: NoticeMailbox & { readonly usedBytes: number; readonly quotaBytes: number }
  readonly moveDate?: NoticeDate | undefined
  /** The biggest first; the ten biggest are shown. */
  readonly folders: readonly QuotaFolder[]
}

export interface OldLogin {
  readonly protocol: 'imap' | 'pop3' | 'smtp' | 'webmail' | 'sieve'
  readonly lastSeen: NoticeDate
  /** The device's address on the network, where known. */
  readonly from?: string | undefined
}

/** The old server will be switched off. */
export interface SwitchOffData extends CommonData {
  readonly mailbox: NoticeMailbox
  readonly switchOffDate: NoticeDate
  readonly newSettings: AccessSettings
  readonly oldSettings: AccessSettings
  /** Who still uses the old server for this mailbox; empty: nobody. */
  readonly oldLogins: readonly OldLogin[]
}

/** Where a mailbox stands, as its firm's contact understands it. */
export type DigestState =
  /** Not moved yet; the old server is in use. */
  | 'waiting'
  /** Moved, hand-over mail sent, no own password yet. */
  | 'handed-over'
  /** Own password set: done. */
  | 'done'
  /** Own password set, but a device still uses the old server. */
  | 'still-on-old-server'
  /** Switched off already on the old server; nobody is told. */
  | 'inactive'

export interface DigestMailbox {
  readonly address: string
  readonly name?: string | undefined
  readonly state: DigestState
  /** The last login on the old server, where known. */
  readonly lastOldLogin?: NoticeDate | undefined
  /** Why the hand-over mail would not be seen, so that the contact passes on a printed letter. */
  readonly letter?: LetterReason | undefined
}

/** Why a mail into the old mailbox would leak or not be seen. */
export type LetterReason = 'forwarded' | 'discarded' | 'over-quota' | 'never-logged-in' | 'other'

/** To the domain's contact: where each mailbox stands. */
export interface DigestData extends CommonData {
  readonly mailboxes: readonly DigestMailbox[]
  /** The day of the move, planned or past. */
  readonly moveDate?: NoticeDate | undefined
  readonly moved: boolean
  readonly oldMailboxUntil?: NoticeDate | undefined
}

/** What a notice of each kind is made of. */
export interface NoticeData {
  readonly 'pre-warning': PreWarningData
  readonly 'pre-warning-contact': PreWarningContactData
  readonly 'hand-over': HandOverData
  readonly reminder: ReminderData
  readonly 'password-reset': PasswordResetData
  readonly 'keep-old-server': KeepOldServerData
  readonly quota: QuotaData
  readonly 'switch-off': SwitchOffData
  readonly digest: DigestData
}

export type NoticeKind = keyof NoticeData

/** All kinds, in the order in which a domain meets them. */
export const noticeKinds: readonly NoticeKind[] = [
  'pre-warning',
  'pre-warning-contact',
  'quota',
  'hand-over',
  'reminder',
  'password-reset',
  'switch-off',
  'keep-old-server',
  'digest',
]
