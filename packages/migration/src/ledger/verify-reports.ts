/** A verify report as evidence: never changed, never deleted, its digest checked at every reading. */
export interface FrozenVerifyReport {
  readonly id: number
  readonly domain: string
  /** Absent: a report on the whole domain. */
  readonly mailbox?: string
  /** `full`: every message hashed; `changes`: only what was new or changed since. */
  readonly coverage: 'full' | 'changes'
  /** No unexplained difference. */
  readonly green: boolean
  readonly at: Date
  /** SHA-256 (hex) over the report's JSON. */
  readonly digest: string
}

export interface VerifyReports {
  /** Freezes a report (any JSON value). */
  save(input: {
    readonly domain: string
    readonly mailbox?: string
    readonly coverage: 'full' | 'changes'
    readonly green: boolean
    readonly report: unknown
  }): Promise<FrozenVerifyReport>
  /** Newest first, without the reports themselves. */
  list(
    domain: string,
    options?: { readonly mailbox?: string; readonly limit?: number },
  ): Promise<readonly FrozenVerifyReport[]>
  /** The report as parsed JSON. Throws `ledger_damaged` if it no longer fits its digest. */
  read(id: number): Promise<unknown>
}
