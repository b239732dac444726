/** What can be wrong with the ledger; the caller decides by it. */
export type LedgerErrorCode =
  /** No ledger in this working folder (reading commands do not make one). */
  | 'ledger_missing'
  /** Written by a newer version of the program. */
  | 'ledger_newer'
  /** Not a ledger, or its contents do not add up. */
  | 'ledger_damaged'
  /** Another process kept the ledger for longer than the busy timeout. */
  | 'ledger_busy'
  /** The working folder or the ledger can't be opened, made or written. */
  | 'ledger_inaccessible'
  /** Another run works on the domain; see {@link DomainLockedError}. */
  | 'domain_locked'
  /** A frozen folder map would have to change. */
  | 'folder_map_frozen'
  /** A value that the ledger can't or must not hold. */
  | 'invalid_record'
  /** Nothing with that name or number. */
  | 'unknown_record'

export interface LedgerErrorOptions {
  readonly hint?: string
  readonly cause?: unknown
}

/** Base of everything the ledger throws. The message is one sentence for the admin. */
export class LedgerError extends Error {
  override readonly name: string = 'LedgerError'
  readonly code: LedgerErrorCode
  /** The way out, as one sentence or command line. */
  readonly hint: string | undefined

  constructor(code: LedgerErrorCode, message: string, options: LedgerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}
