/** A message as a mail server would have it. */
export interface SampleMessage {
  /** Headers and body; lines end with CRLF except where a message is odd on purpose. */
  readonly raw: Buffer
  /** INTERNALDATE; whole seconds. */
  readonly receivedAt: Date
  /** System flags (`\\Seen`) and keywords (`$Forwarded`, `NonJunk`). */
  readonly flags: readonly string[]
}
