import { deferred, type Deferred } from '../deferred.ts'

/** A message that lies on the target and may turn out to be a source message. */
export interface Candidate {
  readonly uid: number
  /** What it has now (`flagsKey`). */
  readonly flags: string
  /** INTERNALDATE in seconds; undefined when the server tells none. */
  readonly date: number | undefined
  /** We copied it; only its source UID is not known any more. */
  readonly ours: boolean
}

interface Ticket {
  readonly exclusive: boolean
  readonly settles: boolean
  readonly granted: Deferred<void>
}

/** A folder of the target while it is worked on, shared by all who write into it. */
export class TargetFolder {
  readonly wire: string
  readonly name: string
  readonly uidValidity: number
  /** Lower case; undefined: the server does not tell. */
  readonly permanentFlags: ReadonlySet<string> | undefined
  /** Bytes of a message that the server takes; undefined: it does not say. */
  readonly appendLimit: number | undefined
  /** Content hash to messages nobody has claimed yet. */
  readonly candidates = new Map<string, Candidate[]>()
  /** Messages it should have now, when nobody else changes it. */
  expected: number
  #uidNext: number
  #writers = 0
  #exclusive = false
  /** Batches that were stored, nobody was told where, and nobody has looked yet. */
  #untold = 0
  readonly #line: Ticket[] = []

  constructor(options: {
    readonly wire: string
    readonly name: string
    readonly uidValidity: number
    readonly uidNext: number
    readonly permanentFlags: ReadonlySet<string> | undefined
    readonly messages: number
    readonly appendLimit?: number | undefined
  }) {
    this.wire = options.wire
    this.name = options.name
    this.uidValidity = options.uidValidity
    this.permanentFlags = options.permanentFlags
    this.expected = options.messages
    this.appendLimit = options.appendLimit
    this.#uidNext = options.uidNext
  }

  /** A UID that nothing of ours to come lies below. */
  get uidNext(): number {
    return this.#uidNext
  }

  stored(uids: readonly number[]): void {
    this.expected += uids.length
    for (const uid of uids) this.#uidNext = Math.max(this.#uidNext, uid + 1)
  }

  /** Claims a message with this content: one of the same date if there is one, else the one with the lowest UID. */
  claim(hash: string, date: number | undefined): Candidate | undefined {
    const found = this.candidates.get(hash)
    if (found === undefined) return undefined
    const index = Math.max(
      0,
      found.findIndex((candidate) => candidate.date === date),
    )
    const [claimed] = found.splice(index, 1)
    if (found.length === 0) this.candidates.delete(hash)
    return claimed
  }

  /** Gives a claimed message back: the claim came to nothing. */
  unclaim(hash: string, candidate: Candidate): void {
    const others = this.candidates.get(hash) ?? []
    this.candidates.set(
      hash,
      [...others, candidate].toSorted((a, b) => a.uid - b.uid),
    )
  }

  /** Runs a writer beside others. */
  async write<T>(task: () => Promise<T>): Promise<T> {
    return this.#hold({ exclusive: false, settles: false }, task)
  }

  /**
   * Runs alone, when no writer's batch is on its way: whatever lies in the folder then belongs to somebody known. Also no batch of which it
   * is known that it was stored, and not yet where: who looks for one that may not have been would take its messages for his.
   */
  async alone<T>(task: () => Promise<T>): Promise<T> {
    return this.#hold({ exclusive: true, settles: false }, task)
  }

  /** To be called by a writer whose batch was stored without a word of its UIDs: until `look` has settled it nobody else looks. */
  storedUntold(): void {
    this.#untold += 1
  }

  /** Runs alone, to find what was stored untold. */
  async look<T>(task: (alone: <R>(step: () => Promise<R>) => Promise<R>) => Promise<T>): Promise<T> {
    try {
      return await task((step) => this.#hold({ exclusive: true, settles: true }, step))
    } finally {
      this.#untold -= 1
      this.#grant()
    }
  }

  async #hold<T>(kind: Pick<Ticket, 'exclusive' | 'settles'>, task: () => Promise<T>): Promise<T> {
    const granted = deferred<void>()
    this.#line.push({ ...kind, granted })
    this.#grant()
    await granted.promise
    try {
      return await task()
    } finally {
      if (kind.exclusive) this.#exclusive = false
      else this.#writers -= 1
      this.#grant()
    }
  }

  #grant(): void {
    for (;;) {
      const index = this.#line.findIndex(
        (ticket) => !ticket.exclusive || ticket.settles || this.#untold === 0,
      )
      const next = this.#line[index]
      if (next === undefined || this.#exclusive || (next.exclusive && this.#writers > 0)) return
      this.#line.splice(index, 1)
      if (next.exclusive) this.#exclusive = true
      else this.#writers += 1
      next.granted.resolve()
    }
  }
}
