import { gate, raceAbort } from './abort.ts'
import { MailcowError } from './errors.ts'

/** What an answer says about the API key. */
export type KeyVerdict = 'accepted' | 'refused' | 'unclear'

/**
 * Keeps a client with a wrong key from getting its address banned: mailcow's fail2ban counts each refused call, ten in
 * ten minutes ban. Until an answer has proven the key, calls go one by one; after a refusal nothing is sent for a
 * while.
 */
export class KeyGuard {
  readonly #lockoutMs: number
  #proven = false
  #probe: Promise<void> | undefined
  #refusedAt: number | undefined

  constructor(lockoutMs: number) {
    this.#lockoutMs = lockoutMs
  }

  async run<T>(
    task: () => Promise<T>,
    judge: (answer: T) => KeyVerdict,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    while (this.#probe !== undefined) await raceAbort(this.#probe, signal)
    this.#throwIfRefused()
    if (this.#proven) return this.#judged(await task(), judge)
    const probe = gate()
    this.#probe = probe.opened
    try {
      return this.#judged(await task(), judge)
    } finally {
      this.#probe = undefined
      probe.open()
    }
  }

  #judged<T>(answer: T, judge: (answer: T) => KeyVerdict): T {
    const verdict = judge(answer)
    if (verdict === 'accepted') this.#proven = true
    if (verdict === 'refused') {
      this.#proven = false
      this.#refusedAt = performance.now()
    }
    return answer
  }

  #throwIfRefused(): void {
    if (this.#refusedAt === undefined) return
    const left = this.#refusedAt + this.#lockoutMs - performance.now()
    if (left <= 0) return
    throw new MailcowError(
      'locked_out',
      `not sent: mailcow refused this key or this address a moment ago; asking again would get the address banned by fail2ban`,
      {
        hint: `Correct the key or its list of addresses; this client asks again in ${Math.ceil(left / 1000)} s.`,
      },
    )
  }
}
