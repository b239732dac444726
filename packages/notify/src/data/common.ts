/**
 * An instant or a day. A string is ISO 8601: `2026-11-30` alone is that day wherever the reader is; an instant has its
 * offset (`…T18:00:00Z`) and is shown in the renderer's time zone.
 */
export type NoticeDate = Date | string

/** Where readers click. A link that is absent is not spoken of. `http:`, `https:`, `mailto:` and `tel:` only. */
export interface NoticeLinks {
  /** The page about the move. */
  readonly info?: string | undefined
  readonly webmailOld?: string | undefined
  /** SOGo. */
  readonly webmailNew?: string | undefined
  readonly roundcubeNew?: string | undefined
  /** Where users change their password. */
  readonly userPage?: string | undefined
  /** Whom to ask: `mailto:` or a page. */
  readonly support?: string | undefined
}

/** Who writes: the hoster. */
export interface NoticeProvider {
  readonly name: string
  readonly email: string
  readonly phone?: string | undefined
}

export interface ServerSettings {
  readonly host: string
  readonly port: number
  readonly security: 'ssl' | 'starttls' | 'none'
}

/** What a mail program is set up with. */
export interface AccessSettings {
  readonly imap?: ServerSettings | undefined
  readonly pop3?: ServerSettings | undefined
  readonly smtp?: ServerSettings | undefined
  /** Absent: the mail address. */
  readonly userName?: string | undefined
}

/** What mailcow asks of a password. */
export interface PasswordRule {
  readonly minLength: number
  readonly lowerAndUpper: boolean
  readonly digit: boolean
  readonly special: boolean
}

/** ITEG's: at least 12 characters, a lower and an upper case letter, a digit. */
export const defaultPasswordRule: PasswordRule = {
  minLength: 12,
  lowerAndUpper: true,
  digit: true,
  special: false,
}

/** What every notice knows. */
export interface CommonData {
  readonly domain: string
  readonly provider: NoticeProvider
  readonly links: NoticeLinks
  /** Whom the people of this domain ask first, in their own firm. */
  readonly contacts: readonly string[]
}

/** A mailbox, as its owner knows it. */
export interface NoticeMailbox {
  readonly address: string
  readonly name?: string | undefined
  /** What is in it. */
  readonly usedBytes?: number | undefined
  /** On the new server; null: no limit. */
  readonly quotaBytes?: number | null | undefined
  /** Further addresses whose mail lands here. */
  readonly aliases: readonly string[]
}

/** A forward that exists for this mailbox on the new server (or, in a pre-warning, on the old one). */
export interface NoticeForward {
  readonly target: string
  /** Whether a copy stays in the mailbox. */
  readonly keepsCopy: boolean
}

/** A file that comes with the notice. */
export interface NoticeScript {
  readonly fileName: string
  readonly name: string
  /** The one that was in force on the old server. */
  readonly active: boolean
  /** Already in force on the new server: nothing to do. */
  readonly installed: boolean
}

export interface NoticeAddressBook {
  readonly fileName: string
  readonly contacts: number
  /** Already in the new webmail: nothing to do. */
  readonly imported: boolean
}
