import type { ProgressRun } from '@iteg/migration'

/** How fast a run goes, over what it told last. */
export interface Rate {
  readonly bytesPerSecond: number
  readonly messagesPerSecond: number
  /** Until every message is settled, at this rate; absent where the total is not known or nothing moves. */
  readonly remainingMs?: number
}

/** Long enough that one large message does not make it jump. */
const WINDOW_MS = 60_000

/** Pure. `undefined` for a run that told too little yet. */
export function rateOf(run: ProgressRun): Rate | undefined {
  const last = run.samples.at(-1)
  if (last === undefined) return undefined
  const since = Date.parse(last.at) - WINDOW_MS
  const first = run.samples.find(({ at }) => Date.parse(at) >= since)
  const seconds = first === undefined ? 0 : (Date.parse(last.at) - Date.parse(first.at)) / 1000
  if (first === undefined || seconds <= 0) return undefined
  const messagesPerSecond = (last.messages - first.messages) / seconds
  const left = run.total === undefined ? undefined : Math.max(0, run.total.messages - last.messages)
  return {
    bytesPerSecond: (last.bytes - first.bytes) / seconds,
    messagesPerSecond,
    ...(left === undefined || messagesPerSecond <= 0
      ? {}
      : { remainingMs: (left / messagesPerSecond) * 1000 }),
  }
}
