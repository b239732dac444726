import { isImapSyncError } from '../errors.ts'
import type { SyncEvent } from '../events.ts'
import { backoffMs, wait } from './backoff.ts'
import type { Link } from './link.ts'

export interface LaneOptions {
  readonly source: Link
  readonly target: Link
  /** Attempts in a row without progress. */
  readonly reconnects: number
  readonly backoffMs?: number
  readonly signal?: AbortSignal
  readonly onEvent: (event: SyncEvent) => void
}

/** A connection to each side, for one thing at a time, with the patience to open them again. */
export class Lane {
  readonly source: Link
  readonly target: Link
  readonly #options: LaneOptions
  #failures = 0

  constructor(options: LaneOptions) {
    this.source = options.source
    this.target = options.target
    this.#options = options
  }

  /** Something was achieved: patience begins anew. */
  progressed(): void {
    this.#failures = 0
  }

  /**
   * Runs something that may simply be run again, until it works. Errors that time does not heal are thrown at once.
   * After a failure both connections are dropped: nobody knows what is still on its way on them.
   */
  async attempt<T>(task: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await task()
        this.progressed()
        return result
      } catch (error) {
        await this.recoverFrom(error)
      }
    }
  }

  /** Drops the connections and waits, or throws when there is no use in trying again. */
  async recoverFrom(error: unknown): Promise<void> {
    const { signal, reconnects, onEvent, backoffMs: firstMs } = this.#options
    signal?.throwIfAborted()
    this.drop()
    if (!isImapSyncError(error) || !error.retryable || this.#failures >= reconnects) throw error
    const delayMs = backoffMs(this.#failures, firstMs)
    this.#failures += 1
    const side = error.side === 'source' ? 'source' : 'target'
    onEvent({ kind: 'reconnecting', side, attempt: this.#failures, delayMs, reason: error.message })
    await wait(delayMs, signal)
  }

  drop(): void {
    this.source.drop()
    this.target.drop()
  }
}
