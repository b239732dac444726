/** What an `AbortSignal` of ours carries as its reason. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'

  constructor(message = 'Interrupted; everything done so far is saved.') {
    super(message)
  }
}

export interface InterruptHandlers {
  /** After the first signal: work in hand is finished and saved. */
  readonly onFirst: () => void
  /** After the second: stop at once. */
  readonly onSecond: () => void
  readonly now?: () => number
}

// A terminal signals the whole foreground group, and npm, timeout(1) or systemd then pass the signal on to us
// once more: what arrives together is one request, not an impatient second one.
const sameRequestMs = 250

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Turns Ctrl-C, SIGTERM and a lost terminal into an `AbortSignal`. The first asks for an orderly end, the second
 * for an immediate one. Dispose it to give the signals back.
 */
export function listenForInterrupts({ onFirst, onSecond, now = Date.now }: InterruptHandlers): Disposable & {
  readonly signal: AbortSignal
} {
  const controller = new AbortController()
  let firstAt: number | undefined
  const handle = () => {
    if (firstAt === undefined) {
      firstAt = now()
      controller.abort(new InterruptedError())
      onFirst()
    } else if (now() - firstAt >= sameRequestMs) onSecond()
  }
  for (const name of signals) process.on(name, handle)
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, handle)
    },
  }
}
