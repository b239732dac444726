import type { IssueSeverity, Origin } from './model.ts'
import type { Target } from './target.ts'

/**
 * What becomes of mail to an address on the old server.
 * - `mailbox`: into its own mailbox and nowhere else
 * - `mailbox+copy`: into its own mailbox, and copies go to `deliverTo`
 * - `mailbox-forwards-only`: a mailbox is there, but its mail goes to `deliverTo` only
 * - `alias`: no mailbox; its mail goes to `deliverTo`
 * - `catch-all`: the `@domain` row; mail for every address that is not listed goes to `deliverTo`
 * - `discard`: thrown away, on purpose
 * - `loop`: the aliases lead in a circle; the old server turns every sender away (451), also for the good targets
 * - `dead`: nothing behind it can be delivered to
 * - `unsupported`: a pipe, file, include, or more recipients than the limit: somebody must decide by hand
 */
export type VerdictKind =
  | 'mailbox'
  | 'mailbox+copy'
  | 'mailbox-forwards-only'
  | 'alias'
  | 'catch-all'
  | 'discard'
  | 'loop'
  | 'dead'
  | 'unsupported'

/** Exactly one per address of a domain, sorted by address. */
export interface Verdict {
  readonly address: string
  readonly verdict: VerdictKind
  /** `false` when the old server has it switched off (mailbox, row or domain); the rest then says what would happen if it were on. */
  readonly active: boolean
  /** Whether a mailbox has this very address, whatever the verdict is. */
  readonly mailbox: boolean
  /** Final recipients on the old server, each once, sorted. Empty for `loop`, `dead`, `discard`, `unsupported`. */
  readonly leaves: readonly Leaf[]
  /**
   * What the new server must be told, sorted: an alias's targets, or where a mailbox's forward goes. Aliases are
   * expanded, but a mailbox that has a forward of its own is named itself, because there its own filter forwards.
   * Never the address's own mailbox.
   */
  readonly deliverTo: readonly string[]
  /** Targets that get nothing, with the reason. */
  readonly undeliverable: readonly Undeliverable[]
  /** Every expansion that was made, nearest first, beginning with the address. For a loop: the way into the circle and around it. */
  readonly path: readonly PathStep[]
  readonly issues: readonly VerdictIssue[]
}

/** A final recipient. */
export interface Leaf {
  readonly kind: 'mailbox' | 'external'
  /** As it is delivered to, with its `+tag` if it has one. */
  readonly address: string
  /** The mailbox behind it (without the tag); only for `mailbox`. */
  readonly mailbox?: string
  /** The addresses that lead there, from the verdict's address to this one: the shortest way. */
  readonly path: readonly string[]
}

/** A target that is not delivered to. */
export interface Undeliverable {
  readonly target: Target
  readonly reason: UndeliverableReason
  /** The addresses that lead there; the target itself is not among them. */
  readonly path: readonly string[]
}

/**
 * - `no-such-address`: the domain is hosted, the address does not exist
 * - `inactive`: a mailbox, alias or domain that is switched off, or a mailbox that receives nothing
 * - `unqualified`: no domain, and the old server's `myorigin` is not known
 * - `pipe`, `file`, `include`: cannot be carried over by itself
 * - `autoreply`: a vacation responder; its text is not part of the inventory
 * - `discard`: thrown away on purpose
 * - `domain`: the same local part elsewhere, which only makes sense for a whole domain
 */
export type UndeliverableReason =
  | 'no-such-address'
  | 'inactive'
  | 'unqualified'
  | 'pipe'
  | 'file'
  | 'include'
  | 'autoreply'
  | 'discard'
  | 'domain'

/** How the old server got from one address to the next ones. */
export interface PathStep {
  readonly address: string
  /**
   * - `row`: the address's own row; `tagged-row`: the row without `+tag`, and the tag goes along
   * - `alias-domain`: same local part in the domain behind it
   * - `catch-all`: nothing else fits
   */
  readonly by: 'row' | 'tagged-row' | 'alias-domain' | 'catch-all'
  /** As they are looked up next: addresses, or targets in the notation of an inventory file. Sorted. */
  readonly to: readonly string[]
  readonly origin: Origin
}

/**
 * - `loop`: see the verdict
 * - `dead`: nothing behind the address can be delivered to
 * - `dead-target`: one of several targets gets nothing
 * - `unsupported-target`: a pipe, a file, an include: by hand
 * - `too-many-recipients`: more than the limit
 * - `inactive`: the address is switched off
 * - `autoreply`: a vacation responder hangs on it
 * - `delivered-twice`: on the new server one message would reach a recipient by two ways, an alias and a mailbox's forward
 * - `forward-circle`: mailboxes forward to each other; the new server would bring a copy back
 * - `catch-all-swallows-mailbox`: the mailbox gets no mail because the catch-all takes it
 */
export type VerdictIssueCode =
  | 'loop'
  | 'dead'
  | 'dead-target'
  | 'unsupported-target'
  | 'too-many-recipients'
  | 'inactive'
  | 'autoreply'
  | 'delivered-twice'
  | 'forward-circle'
  | 'catch-all-swallows-mailbox'

/** Something about one address that an admin should know before the move. */
export interface VerdictIssue {
  readonly code: VerdictIssueCode
  readonly severity: IssueSeverity
  /** The target it is about; absent when it is the address itself. */
  readonly target?: string
  /** One sentence: what is so. */
  readonly message: string
  /** One sentence: what to do. */
  readonly remedy: string
  /** The ways that lead there, each from the verdict's address onwards; for a circle: the circle. */
  readonly paths: readonly (readonly string[])[]
}
