/** Four methods; pino's logger fits. Fields never hold secrets. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Last, optional argument of every reading call. */
export interface CallOptions {
  /** Aborts the call; it then rejects with the signal's reason. A write may have been carried out nevertheless. */
  readonly signal?: AbortSignal | undefined
}

/** Last, optional argument of every writing call. */
export interface WriteOptions extends CallOptions {
  /**
   * Read the object back and compare it with what was asked; a difference rejects with code `not_as_intended`.
   * Default: false for plain writes, true for the `ensure*` functions.
   */
  readonly readBack?: boolean | undefined
}

/** Last, optional argument of calls that take several items and cannot be read back. */
export interface SettleOptions extends CallOptions {
  /**
   * Default false: the call rejects with code `bulk` as soon as one item failed (`error.results` tells which).
   * True: it resolves with the results of all items, failed ones among them; look at each `ok`.
   */
  readonly settle?: boolean | undefined
}

/** Last, optional argument of calls that take several items. */
export interface BulkOptions extends WriteOptions, SettleOptions {}
