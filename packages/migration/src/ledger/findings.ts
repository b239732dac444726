export type Severity = 'red' | 'yellow' | 'info'

/** A problem (or remark) that a stage found. `domain` + `code` + `item` name it for good. */
export interface Finding {
  readonly domain: string
  /** Stable, kebab-case. */
  readonly code: string
  readonly severity: Severity
  /** An address, a folder, a host; absent: the domain as a whole. */
  readonly item?: string
  readonly message: string
  readonly remedy: string
}

/** A red finding that somebody let pass, on the record. */
export interface Acceptance {
  readonly domain: string
  readonly code: string
  readonly item?: string
  readonly reason: string
  readonly who: string
  readonly at: Date
  /** What the finding said when it was accepted. */
  readonly message: string
  /** The finding went away at this time: should it come back, it needs a new acceptance. */
  readonly lapsedAt?: Date
}

export interface RecordedFinding extends Finding {
  /** The part of the work that found it, see {@link Findings.replace}. */
  readonly scope: string
  readonly firstSeenAt: Date
  readonly lastSeenAt: Date
  readonly acceptance?: Acceptance
}

export interface Findings {
  /**
   * Replaces all findings of a scope by what was found now (an empty list: all solved). A scope is what was looked at as a whole:
   * `survey`, or `copy:anna@example.at` when a stage runs mailbox by mailbox. An acceptance lapses when no scope has its finding any more.
   */
  replace(domain: string, scope: string, found: readonly Finding[]): Promise<readonly RecordedFinding[]>
  /** Most severe first. */
  list(domain?: string): Promise<readonly RecordedFinding[]>
  /** Red and not accepted: these stop a gate. */
  blocking(domain: string): Promise<readonly RecordedFinding[]>
  /**
   * Lets red findings pass: the one named, or without `item` all that the domain has now under this code.
   * Resolves to what was accepted; empty if there is no such red finding (nothing is recorded then).
   */
  accept(request: {
    readonly domain: string
    readonly code: string
    readonly item?: string
    readonly reason: string
    readonly who: string
  }): Promise<readonly Acceptance[]>
  /** Every acceptance ever given, lapsed ones too, oldest first. */
  acceptances(domain: string): Promise<readonly Acceptance[]>
}
