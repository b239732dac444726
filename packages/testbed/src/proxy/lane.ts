import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface LaneSpeed {
  readonly latencyMs: number
  /** 0: as fast as it goes. */
  readonly bytesPerSecond: number
}

const maxQueuedBytes = 8 * 1024 * 1024
const sliceBytes = 16 * 1024

/**
 * One direction of a proxied connection: what `source` sends reaches `sink` later by the latency and no faster than
 * the rate. Back-pressure is passed on.
 */
export async function runLane(
  source: Socket,
  speed: LaneSpeed,
  forward: (chunk: Buffer) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let queued = 0
  let last: Promise<void> = Promise.resolve()
  let free = 0
  const later = async (chunk: Buffer, due: number): Promise<void> => {
    const wait = due - performance.now()
    if (wait > 0) await sleep(wait, undefined, { signal })
    const step = speed.bytesPerSecond > 0 ? sliceBytes : chunk.length
    for (let at = 0; at < chunk.length; at += step) {
      const slice = chunk.subarray(at, at + step)
      if (speed.bytesPerSecond > 0) {
        free = Math.max(free, performance.now()) + (slice.length / speed.bytesPerSecond) * 1000
        await sleep(free - performance.now(), undefined, { signal })
      }
      await forward(slice)
    }
    queued -= chunk.length
  }
  for await (const chunk of source) {
    if (!Buffer.isBuffer(chunk)) continue
    queued += chunk.length
    const before = last
    const due = performance.now() + speed.latencyMs
    last = before.then(() => later(chunk, due))
    // Awaited below; a failure in between must not count as unhandled.
    last.catch(() => {})
    if (queued > maxQueuedBytes || speed.latencyMs === 0) await last
  }
  await last
}

/** Writes and waits until the socket wants more; rejects when it is gone. */
export function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) {
      reject(new Error('the connection is gone'))
      return
    }
    socket.write(bytes, (error) => {
      if (error == null) resolve()
      else reject(error)
    })
  })
}
