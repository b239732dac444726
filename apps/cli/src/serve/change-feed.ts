import type { WorkDirWatch } from '@iteg/migration'

/** How often the working folder is asked: two words of shared memory. */
const TICK_MS = 1000
/** A process that was killed writes nothing: its lock is looked for now and then. */
const BEAT_TICKS = 15
/** What was read while it changed may be a moment old: told once more. */
const ECHO_TICKS = 3

/** Tells listeners that there is something new to see; asks only while somebody listens. */
export class ChangeFeed implements Disposable {
  readonly #watch: WorkDirWatch
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #ticks = 0
  #echoAt: number | undefined

  constructor(watch: WorkDirWatch) {
    this.#watch = watch
  }

  get listeners(): number {
    return this.#listeners.size
  }

  listen(listener: () => void): Disposable {
    this.#listeners.add(listener)
    this.#timer ??= setInterval(() => this.tick(), TICK_MS)
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener)
        if (this.#listeners.size === 0) this.#stop()
      },
    }
  }

  /** One look; the timer calls it. */
  tick(): void {
    this.#ticks += 1
    const hasChanged = this.#watch.hasChanged()
    if (hasChanged) this.#echoAt = this.#ticks + ECHO_TICKS
    if (!hasChanged && this.#ticks !== this.#echoAt && this.#ticks % BEAT_TICKS !== 0) return
    for (const listener of this.#listeners) listener()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  [Symbol.dispose](): void {
    this.#listeners.clear()
    this.#stop()
    this.#watch[Symbol.dispose]()
  }
}
