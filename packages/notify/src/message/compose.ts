import type { ComposeOptions } from './options.ts'

/** The bytes of the mail (RFC 5322, CRLF): `multipart/alternative`, with attachments inside `multipart/mixed`. Throws `NoticeUsageError`. */
export async function composeMessage(options: ComposeOptions): Promise<Uint8Array> {
  throw new Error(`being built: ${options.messageId}`)
}

/** A Message-ID that the same parts always give, such as domain, mailbox, kind and version: to be looked for after a crash. */
export function newMessageId(parts: readonly string[], host: string): string {
  throw new Error(`being built: ${parts.length} ${host}`)
}
