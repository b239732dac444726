import type { Endpoint, Timeouts } from '../endpoint.ts'
import { ImapSyncError, isImapSyncError } from '../errors.ts'
import type { SyncEvent } from '../events.ts'
import type { Logger } from '../logger.ts'
import type { Permission } from '../wire/command.ts'
import { backoffMs, wait } from './backoff.ts'
import type { Side } from './connection-slots.ts'
import { Link } from './link.ts'
import type { SharedLimits } from './shared-limits.ts'

export interface LaneOptions {
  readonly source: Endpoint
  readonly target: Endpoint
  /** What may be done on the target. */
  readonly permission: Permission
  readonly shared: SharedLimits
  /** False: when no connection is free, it fails at once instead of waiting for one. Default true. */
  readonly patient?: boolean
  /** Attempts in a row without progress. */
  readonly reconnects: number
  readonly timeouts?: Timeouts
  readonly signal?: AbortSignal
  readonly logger?: Logger
  readonly onEvent: (event: LaneEvent) => void
}

type LaneEvent = Extract<SyncEvent, { kind: 'connected' | 'reconnecting' | 'waiting' }>

/** A server that asks for patience gets more of it than one that is silent: it has its reason, and it is there. */
const whenAsked = 2

/** A connection to each side, for one thing at a time, with the patience to open them again. */
export class Lane {
  readonly source: Link
  readonly target: Link
  readonly #options: LaneOptions
  #failures = 0
  #admitted: Promise<() => void> | undefined

  constructor(options: LaneOptions) {
    this.source = this.#link('source', options.source, 'readOnly', options)
    this.target = this.#link('target', options.target, options.permission, options)
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
    const { signal, reconnects, onEvent, timeouts } = this.#options
    signal?.throwIfAborted()
    this.drop()
    const asked = isImapSyncError(error) && ['loginTemporary', 'refused'].includes(error.code)
    const patience = asked ? reconnects * whenAsked : reconnects
    if (!isImapSyncError(error) || !error.retryable || this.#failures >= patience) throw error
    const delayMs = backoffMs(this.#failures, timeouts?.backoffMs)
    this.#failures += 1
    const side = error.side === 'source' ? 'source' : 'target'
    const reason = error.message
    onEvent(
      asked
        ? { kind: 'waiting', reason: 'backoff', side, delayMs, message: reason }
        : { kind: 'reconnecting', side, attempt: this.#failures, delayMs, reason },
    )
    await wait(delayMs, signal)
  }

  /** Leaves both connections. They may be opened again, for their place is kept until `close`. */
  drop(): void {
    this.source.drop()
    this.target.drop()
  }

  /** Leaves both connections for good. */
  close(): void {
    this.drop()
    this.#admitted?.then(
      (release) => release(),
      () => {},
    )
    this.#admitted = undefined
  }

  #link(side: Side, endpoint: Endpoint, permission: Permission, options: LaneOptions): Link {
    const { shared, signal, logger, timeouts, onEvent } = options
    return new Link({
      side,
      endpoint,
      permission,
      shared,
      admit: async () => {
        await (this.#admitted ??= this.#admit())
      },
      onConnected: () => onEvent({ kind: 'connected', side }),
      ...(signal === undefined ? {} : { signal }),
      ...(logger === undefined ? {} : { logger }),
      ...(timeouts === undefined ? {} : { timeouts }),
    })
  }

  /** A place at both servers, together: whoever held one and waited for the other could keep everybody waiting. */
  async #admit(): Promise<() => void> {
    const { source, target, shared, signal, patient = true, onEvent } = this.#options
    const wanted = [
      { side: 'source', endpoint: source },
      { side: 'target', endpoint: target },
    ] as const
    const free = shared.connections.tryTake(wanted)
    if (free !== undefined) return free
    if (!patient)
      throw new ImapSyncError('connect', 'all connections that may be open at the same time are in use', {
        retryable: false,
      })
    onEvent({ kind: 'waiting', reason: 'connection', delayMs: 0 })
    return shared.connections.take(wanted, signal)
  }
}
