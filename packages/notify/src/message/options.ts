import type { RenderedNotice } from '../render/notice.ts'

/** A mailbox in a header: the display name is encoded (RFC 2047), whatever it holds. */
export interface MailAddress {
  readonly address: string
  readonly name?: string | undefined
}

export interface MessageAttachment {
  readonly fileName: string
  /** `application/sieve`, `text/vcard; charset=utf-8`. */
  readonly contentType: string
  /** Arrives byte for byte. */
  readonly content: Uint8Array
}

export interface ComposeOptions {
  readonly rendered: Pick<RenderedNotice, 'subject' | 'text' | 'html' | 'language'>
  /** `"ITEG <admin@iteg.example>"` or its parts. */
  readonly from: string | MailAddress
  readonly to: string | MailAddress
  readonly replyTo?: string | MailAddress | undefined
  /** With or without `<>`: `newMessageId(...)`, or a deterministic one of the caller's. */
  readonly messageId: string
  readonly date: Date
  readonly attachments?: readonly MessageAttachment[] | undefined
  /** Further headers; those that the message has already, `List-*` and `Precedence` are refused. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}
