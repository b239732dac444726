/** Settles as the promise does, or rejects with the signal's reason as soon as it aborts, whatever the promise does. */
export function raceAbort<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) {
      promise.catch(() => undefined)
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** A promise that somebody else fulfils. */
export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

export function gate(): Gate {
  let resolveOpened: (() => void) | undefined
  const opened = new Promise<void>((resolve) => {
    resolveOpened = resolve
  })
  return { opened, open: () => resolveOpened?.() }
}

/** Waits, or rejects with the signal's reason. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    const waited = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
    })
    await raceAbort(waited, signal)
  } finally {
    clearTimeout(timer)
  }
}

/** An AbortController that also follows an outer signal and a timer; `release` detaches it from both. */
export interface Deadline {
  readonly signal: AbortSignal
  /** True when the timer fired (not the outer signal). */
  expired(): boolean
  remainingMs(): number
  release(): void
}

export function deadline(ms: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  const endsAt = performance.now() + ms
  let expired = false
  const timer = setTimeout(() => {
    expired = true
    controller.abort(new DOMException('The time is up', 'TimeoutError'))
  }, ms)
  const follow = (): void => controller.abort(outer?.reason)
  if (outer?.aborted) follow()
  else outer?.addEventListener('abort', follow, { once: true })
  return {
    signal: controller.signal,
    expired: () => expired,
    remainingMs: () => endsAt - performance.now(),
    release: () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', follow)
    },
  }
}
