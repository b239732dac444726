import { fetchBodies } from '../commands/fetch-bodies.ts'
import { MessageHasher } from '../identity/hash.ts'
import { countOf, splitAt } from '../state/ranges.ts'
import type { UidRange } from '../state/state.ts'
import type { Session } from '../wire/session.ts'
import { uidSets } from '../wire/uid-sets.ts'
import type { SharedLimits } from './shared-limits.ts'

/** Messages up to this size are held whole, larger ones pass through. */
export const wholeUpTo = 1024 * 1024
/** What one lane holds at most: a queue in front of the socket, one whole message, what is being written. */
export const laneBytes = 4 * 1024 * 1024

const windowMessages = 1000

export interface HashedMessage {
  readonly uid: number
  readonly hash: string
  /** True literal length. */
  readonly size: number
  /** The content's first bytes, for the header. */
  readonly head: Buffer
}

const headBytes = 64 * 1024

/** Reads messages of the opened folder and hashes them. Gone or unreadable ones are missing. Memory: one window. */
export async function hashMessages(
  session: Session,
  ranges: readonly UidRange[],
  { shared, signal }: { readonly shared: SharedLimits; readonly signal: AbortSignal | undefined },
  receive: (message: HashedMessage) => void,
): Promise<void> {
  const release = await shared.acquire(laneBytes, signal)
  try {
    for (let rest = ranges; countOf(rest) > 0;) {
      const window = splitAt(rest, windowMessages)
      rest = window.rest
      for (const { ranges: part } of uidSets(window.head)) {
        const fetch = fetchBodies(session, part, { wholeUpTo })
        for await (const body of fetch.bodies) {
          if (body.kind === 'unreadable') continue
          const hasher = new MessageHasher()
          const head: Buffer[] = []
          for await (const chunk of body.chunks) {
            if (hasher.bytes < headBytes) head.push(Buffer.from(chunk.subarray(0, headBytes - hasher.bytes)))
            hasher.update(chunk)
          }
          await shared.throttle(body.size, signal)
          receive({ uid: body.uid, hash: hasher.digest(), size: body.size, head: Buffer.concat(head) })
        }
        await fetch.result
      }
    }
  } finally {
    release()
  }
}
