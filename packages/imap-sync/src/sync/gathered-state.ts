import type { StateChange, SyncState } from '../state/state.ts'

/** How long a change that can wait may wait for company. */
const longestMs = 500

/**
 * A state in which changes that can wait travel with the next commit, whoever's it is. What is read holds all of them.
 *
 * A lane writes down a batch's pairs this way: they go with its next intent, in the same commit, so that a batch costs one
 * commit and not two. That gives up nothing. Until the pairs are on the disk the batch's intent is, and an intent without pairs
 * is just what a process leaves that dies between the server's answer and the pairs, which can happen however fast they
 * are written: the next run looks at the target and finds what is there by content. And since changes keep their order and a
 * commit is all or nothing, no state is ever seen that did not exist one change at a time.
 */
export class GatheredState implements SyncState {
  readonly #state: SyncState
  #waiting: StateChange[] = []
  #last: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(state: SyncState) {
    this.#state = state
  }

  /** To be committed with whatever comes next, in half a second at the latest. */
  later(changes: readonly StateChange[]): void {
    this.#waiting.push(...changes)
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), longestMs).unref()
  }

  /** Resolves when nothing waits any more. */
  async flush(): Promise<void> {
    if (this.#waiting.length > 0) await this.commit([])
    else await this.#last
  }

  commit(changes: readonly StateChange[]): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const gathered = this.#waiting
    this.#waiting = []
    const committed = this.#state.commit([...gathered, ...changes]).catch((error: unknown) => {
      // Nothing of it is there. Who asked is told; for the others, whoever asks next tries again.
      this.#waiting.unshift(...gathered)
      throw error
    })
    const before = this.#last
    this.#last = committed.then(
      () => before,
      () => {},
    )
    return committed
  }

  async folders(): ReturnType<SyncState['folders']> {
    await this.flush()
    return this.#state.folders()
  }

  async messages(source: string): ReturnType<SyncState['messages']> {
    await this.flush()
    return this.#state.messages(source)
  }

  async intents(): ReturnType<SyncState['intents']> {
    await this.flush()
    return this.#state.intents()
  }
}
