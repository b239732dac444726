import { setTimeout as sleep } from 'node:timers/promises'

const longestMs = 30_000

/** Doubling waits with jitter, so that many mailboxes that lost the same server do not come back all at once. */
export function backoffMs(attempt: number, firstMs = 500, random: () => number = Math.random): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(attempt, 16))
  return Math.round(whole / 2 + (random() * whole) / 2)
}

export async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}
