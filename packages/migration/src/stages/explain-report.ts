/** Where a message lies. Texts come from strangers: decoded, printable and bounded. */
export interface ExplainedPlace {
  /** Name for people. */
  readonly folder: string
  readonly uid: number
  readonly uidValidity: number
  readonly flags: readonly string[]
}

/**
 * - `copied`: by mailmove · `found`: it lay on mailcow already, with the same content
 * - `copied-gone`: it was copied, and is not on mailcow any more · `moved`: it was, and lies in another folder now
 * - `set-aside`: mailcow refused it, it lies as a file · `excluded`: a rule leaves it out · `our-notice`: mailmove wrote it
 * - `not-yet`: no copy has seen it yet · `vanished`: it was copied, and is gone from the old server since
 * - `only-new`: only mailcow has it: it came or was written there
 */
export type ExplainedFate =
  | 'copied'
  | 'found'
  | 'copied-gone'
  | 'moved'
  | 'set-aside'
  | 'excluded'
  | 'our-notice'
  | 'not-yet'
  | 'vanished'
  | 'only-new'

export interface ExplainedMessage {
  readonly mailbox: string
  readonly fate: ExplainedFate
  /** What is so, as one sentence. */
  readonly message: string
  readonly subject?: string
  readonly from?: string
  readonly messageId?: string
  /** INTERNALDATE, ISO 8601. */
  readonly date?: string
  readonly bytes: number
  /** When it was copied, or found to be there; ISO 8601. */
  readonly copiedAt?: string
  readonly old?: ExplainedPlace
  readonly new?: ExplainedPlace
  /** Of a message that was set aside: absolute. */
  readonly file?: string
}

export interface ExplainReport {
  readonly schema: 'mailmove.explain/1'
  readonly at: string
  readonly domain: string
  readonly query: string
  /** How the query was understood. */
  readonly lookedFor: 'messageId' | 'subject' | 'address'
  readonly mailboxes: number
  /** At most {@link limit}, mailbox by mailbox. */
  readonly messages: readonly ExplainedMessage[]
  readonly limit: number
  /** There are more than are listed. */
  readonly more: boolean
  /** Mailboxes that could not be looked through, and why. */
  readonly unread: readonly {
    readonly mailbox: string
    readonly server: 'old' | 'new'
    readonly message: string
  }[]
}
