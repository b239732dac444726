import { gate, type Gate, raceAbort } from './abort.ts'

/** Lets a fixed number of tasks run at once, in the order of their arrival. */
export class Slots {
  #free: number
  readonly #waiting: Gate[] = []

  constructor(count: number) {
    this.#free = count
  }

  async run<T>(task: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    await this.#enter(signal)
    try {
      return await task()
    } finally {
      this.#leave()
    }
  }

  async #enter(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return
    }
    const turn = gate()
    this.#waiting.push(turn)
    try {
      await raceAbort(turn.opened, signal)
    } catch (error) {
      const index = this.#waiting.indexOf(turn)
      // Not in the queue any more: the slot was handed over in the same moment, so it goes to the next.
      if (index === -1) this.#leave()
      else this.#waiting.splice(index, 1)
      throw error
    }
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next.open()
    else this.#free += 1
  }
}

/** One task at a time per key; tasks of different keys run at once. */
export class KeyedLock {
  readonly #tails = new Map<string, { readonly slots: Slots; users: number }>()

  /** Holds all keys (in a fixed order, so that two callers cannot wait for each other). */
  async run<T>(keys: readonly string[], task: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const [key, ...rest] = [...new Set(keys)].toSorted()
    if (key === undefined) return task()
    const entry = this.#tails.get(key) ?? { slots: new Slots(1), users: 0 }
    this.#tails.set(key, entry)
    entry.users += 1
    try {
      return await entry.slots.run(() => this.run(rest, task, signal), signal)
    } finally {
      entry.users -= 1
      if (entry.users === 0) this.#tails.delete(key)
    }
  }
}
